import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
} from '@aws-lambda-powertools/idempotency';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { ConfiguredLayer } from '../idempotency/ledger.ts';
import { ledgerConfig } from '../idempotency/ledger.ts';

/** A ledger in memory, for tests: what it remembers ends with it. */
export class MemoryLedger extends BasePersistenceLayer implements ConfiguredLayer {
  readonly config = ledgerConfig();
  readonly description = 'in memory';
  readonly #records = new Map<string, IdempotencyRecord>();

  /** What is remembered now, by key: claimed (`INPROGRESS`) or settled (`COMPLETED`). */
  get entries(): ReadonlyMap<string, string> {
    return new Map([...this.#records].map(([key, record]) => [key, record.getStatus()]));
  }

  protected override getHashedIdempotencyKey(data: Parameters<BasePersistenceLayer['getRecord']>[0]): string {
    return typeof data === 'string' ? data : super.getHashedIdempotencyKey(data);
  }

  protected override _putRecord(record: IdempotencyRecord): Promise<void> {
    const existing = this.#records.get(record.idempotencyKey);
    if (existing !== undefined && isAlive(existing))
      return Promise.reject(new IdempotencyItemAlreadyExistsError('already there', existing));
    this.#records.set(record.idempotencyKey, record);
    return Promise.resolve();
  }

  protected override _updateRecord(record: IdempotencyRecord): Promise<void> {
    this.#records.set(record.idempotencyKey, record);
    return Promise.resolve();
  }

  protected override _deleteRecord(record: IdempotencyRecord): Promise<void> {
    this.#records.delete(record.idempotencyKey);
    return Promise.resolve();
  }

  protected override _getRecord(idempotencyKey: string): Promise<IdempotencyRecord> {
    const record = this.#records.get(idempotencyKey);
    return record === undefined
      ? Promise.reject(new IdempotencyItemNotFoundError('not there'))
      : Promise.resolve(record);
  }
}

/** By the ledger's own rules: an entry that has expired, or a claim whose lease is over, is free. */
const isAlive = (record: IdempotencyRecord): boolean =>
  !record.isExpired() &&
  (record.getStatus() !== 'INPROGRESS' || (record.inProgressExpiryTimestamp ?? Infinity) > Date.now());

export const memoryLedger = (): MemoryLedger => new MemoryLedger();
