import { InvalidOptionError } from '../errors.ts';
import { checkNumber, shown } from '../routing/check-option.ts';
import { createCheckpointLedger } from './checkpoint-ledger.ts';
import { heedCheckpoints } from './checkpoint-replay.ts';
import { createClaimLedger } from './claim-ledger.ts';
import { defaultExpirySeconds } from './expiry.ts';
import { createRecordLedger } from './record-ledger.ts';
import { replaySession } from './replay-session.ts';
import type { Ledger } from './session.ts';
import type { Store } from './store.ts';
import { storeItems } from './store-items.ts';

/**
 * How much a ledger promises, and costs (docs/ledger.md has the table).
 * `claim`: claim, run, complete. Two deliveries at the same time cannot both run.
 * `record`: look up, run, remember. For one delivery at a time, which is what Lambda gives a shard; half the writes.
 * `checkpoint`: remembers only what a redelivery needs, and writes nothing for a batch that ends well and soon.
 */
export type Guarantee = 'claim' | 'record' | 'checkpoint';

interface Claims {
  readonly guarantee?: 'claim';
  /**
   * How long a claim keeps others away if its run dies; a run that lives renews it. 1 to 900; default: what is left of
   * the invocation.
   */
  readonly leaseSeconds?: number;
  readonly flushMs?: never;
}

interface Records {
  readonly guarantee: 'record';
  readonly leaseSeconds?: never;
  readonly flushMs?: never;
}

interface Checkpoints {
  readonly guarantee: 'checkpoint';
  /** How often what was settled is written down while a batch runs. 50 to 900,000; default 1,000. */
  readonly flushMs?: number;
  readonly leaseSeconds?: never;
}

export type LedgerOptions = (Claims | Records | Checkpoints) & {
  /** How long a settled record is remembered. More than 86,400, the stream's 24 hours; default 172,800 (48 hours). */
  readonly expiresAfterSeconds?: number;
};

/** What a ledger was made with, defaults filled in: deployment grants rights by it. */
export interface LedgerSettings {
  readonly guarantee: Guarantee;
  readonly expiresAfterSeconds: number;
  /** As the code says; without, the table is that of the environment. */
  readonly tableName?: string;
}

export const ledgerOptionNames = ['guarantee', 'leaseSeconds', 'flushMs', 'expiresAfterSeconds'] as const;

/**
 * @param owner whose options they are, for the message
 * @throws InvalidOptionError
 */
export function checkLedgerOptions(owner: string, options: LedgerOptions): void {
  const { guarantee = 'claim', leaseSeconds, flushMs }: { [Name in keyof LedgerOptions]: unknown } = options;
  if (guarantee !== 'claim' && guarantee !== 'record' && guarantee !== 'checkpoint')
    throw new InvalidOptionError(
      `${owner}: "guarantee" must be 'claim', 'record' or 'checkpoint', got ${shown(guarantee)}`,
    );
  if (leaseSeconds !== undefined && guarantee !== 'claim')
    throw new InvalidOptionError(
      `${owner}: "leaseSeconds" is for guarantee: 'claim'; '${guarantee}' makes no claims`,
    );
  if (flushMs !== undefined && guarantee !== 'checkpoint')
    throw new InvalidOptionError(
      `${owner}: "flushMs" is for guarantee: 'checkpoint'; '${guarantee}' keeps nothing back`,
    );
  checkNumber(`${owner}: "leaseSeconds"`, leaseSeconds, { least: 1, most: 900, whole: false });
  checkNumber(`${owner}: "flushMs"`, flushMs, { least: 50, most: 900_000, whole: false });
}

/** The ledger over a store, as strong as the options ask for. */
export function ledgerIn(store: Store, options: LedgerOptions): Ledger {
  const { leaseSeconds, expiresAfterSeconds = defaultExpirySeconds } = options;
  const claims = createClaimLedger(store, { expiresAfterSeconds, leaseSeconds });
  const ledger = ofTheStream(store, claims, options);
  const replays = options.guarantee === 'checkpoint' ? heedCheckpoints(store, claims) : claims;
  return {
    ahead: ledger.ahead,
    open: (session) =>
      session.isReplay === true ? replaySession(replays.open(session)) : ledger.open(session),
    items: storeItems(store, expiresAfterSeconds),
  };
}

function ofTheStream(store: Store, claims: Ledger, options: LedgerOptions): Ledger {
  const { guarantee = 'claim', flushMs = 1_000, expiresAfterSeconds = defaultExpirySeconds } = options;
  switch (guarantee) {
    case 'claim':
      return claims;
    case 'record':
      return createRecordLedger(store, { expiresAfterSeconds });
    case 'checkpoint':
      return createCheckpointLedger(store, { expiresAfterSeconds, flushMs });
  }
}
