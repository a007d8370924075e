import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
} from '@aws-lambda-powertools/idempotency';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { checkedExpiry } from '../idempotency/expiry.ts';
import type { LedgerOptions } from '../idempotency/guarantee.ts';
import { checkLedgerOptions, ledgerIn, ledgerOptionNames } from '../idempotency/guarantee.ts';
import type { ConfiguredLayer } from '../idempotency/ledger.ts';
import type { Ledger } from '../idempotency/session.ts';
import { checkNames } from '../routing/check-option.ts';
import type { CommitWrite } from '../routing/commit-write.ts';
import { memoryStore } from './memory-store.ts';

/** A ledger in memory, for tests: what it remembers ends with it. Powertools' `makeIdempotent` can use it too. */
export class MemoryLedger extends BasePersistenceLayer implements ConfiguredLayer {
  readonly description: string;
  readonly ledger: Ledger;
  readonly #store = memoryStore();
  /** What Powertools keeps, with results of any shape. */
  readonly #records = new Map<string, IdempotencyRecord>();

  constructor(options: LedgerOptions = {}) {
    super();
    this.description = this.#store.description;
    this.ledger = ledgerIn(this.#store, options);
  }

  /** What is remembered now, by key: claimed (`INPROGRESS`) or settled (`COMPLETED`). */
  get entries(): ReadonlyMap<string, string> {
    const own = [...this.#store.entries.values()].map(({ key, status }) => [key, status] as const);
    const powertools = [...this.#records].map(([key, record]) => [key, record.getStatus()] as const);
    return new Map([...own, ...powertools]);
  }

  /** What handlers have handed to `context.commit`, in order. Nothing is written, and no condition is looked at. */
  get commits(): readonly (readonly CommitWrite[])[] {
    return this.#store.commits;
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

/** @throws InvalidOptionError */
export function memoryLedger(options: LedgerOptions = {}): MemoryLedger {
  checkNames('memoryLedger', options, ledgerOptionNames);
  checkLedgerOptions('memoryLedger', options);
  checkedExpiry(options.expiresAfterSeconds);
  return new MemoryLedger(options);
}
