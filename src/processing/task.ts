import type { RecordWork } from '../idempotency/session.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Retry } from './retry.ts';
import type { WorkClaim } from './work-claim.ts';

/** What an attempt ends with if the route did not want the change after all. */
export const unwanted = Symbol('unwanted');

/** One route's handling of one record: the work, and how it is done. */
export interface Task extends RecordWork {
  readonly record: RawRecord;
  readonly retry: Retry;
  /** Whether it has a letter already, which stays if it fails for good; no other is written. */
  readonly staysAsLetter?: boolean;
  /** Undefined: the ledger is switched off. */
  readonly claim: WorkClaim | undefined;
  /** Whether only `wants` can tell if the change is for the route. */
  readonly hasDoubt: boolean;
  /** May throw anything. */
  wants(): Promise<boolean>;
  /** One attempt: ends with `unwanted`, or with anything else when it is done. May throw anything. */
  run(attempt: number): unknown;
}
