import { IdempotencyItemAlreadyExistsError } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { systemRuntime } from '../runtime.ts';
import type { LedgerSettings } from './guarantee.ts';
import type { LayerClaims } from './layer-claims.ts';
import { layerClaims } from './layer-claims.ts';
import { layerConfig } from './layer-config.ts';
import type { ConfiguredLayer } from './ledger.ts';
import type { Ledger } from './session.ts';
import type { DynamoDBLedgerOptions, TableLedger } from './table-ledger.ts';
import { missingTable, tableLedger } from './table-ledger.ts';
import { ledgerKeyPrefix } from './work.ts';

/**
 * A ledger in a DynamoDB table. It is a Powertools persistence layer, so `makeIdempotent` can use it too.
 * @throws InvalidOptionError
 * @throws MissingEnvironmentError on Lambda, if no table is named and `SPILLWAY_LEDGER_TABLE` is not set
 */
export const dynamoDBLedger = (options: DynamoDBLedgerOptions = {}): DynamoDBPersistenceLayer =>
  new DynamoDBLedger(tableLedger(options));

type Data = Parameters<DynamoDBPersistenceLayer['getRecord']>[0];

/** Spillway uses `ledger`; the methods are what Powertools' `makeIdempotent` calls. */
class DynamoDBLedger extends DynamoDBPersistenceLayer implements ConfiguredLayer {
  readonly description: string;
  readonly ledger: Ledger;
  readonly settings: LedgerSettings;
  readonly #table: string | undefined;
  readonly #claims: LayerClaims;

  constructor({ client, tableName, store, ledger, settings }: TableLedger) {
    super({ tableName: tableName ?? '', awsSdkV3Client: client });
    this.#table = tableName;
    this.description = store.description;
    this.ledger = ledger;
    this.settings = settings;
    this.#claims = layerClaims(client, tableName ?? '', store, systemRuntime);
    this.configure({ config: layerConfig(settings.expiresAfterSeconds) });
  }

  /** Spillway's keys are unique as they are, and a person who looks into the table can read them. */
  protected override getHashedIdempotencyKey(data: Data): string {
    return typeof data === 'string' && data.startsWith(ledgerKeyPrefix)
      ? data
      : super.getHashedIdempotencyKey(data);
  }

  /** Every request needs it, so this is where a table that was not named shows. */
  protected override getKey(idempotencyKey: string): Record<string, AttributeValue> {
    if (this.#table === undefined) throw missingTable();
    return super.getKey(idempotencyKey);
  }

  /** A payload's hash, which Powertools compares, and a claim without an end are left to Powertools' own writes. */
  protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
    this.getKey(record.idempotencyKey);
    if (this.isPayloadValidationEnabled() || record.inProgressExpiryTimestamp === undefined)
      return super._putRecord(record);
    if (await this.#claims.take(record)) return;
    throw new IdempotencyItemAlreadyExistsError(
      'there is an entry for this idempotency key',
      await super._getRecord(record.idempotencyKey),
    );
  }

  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    if (!(await this.#claims.complete(record))) await super._updateRecord(record);
  }

  protected override async _deleteRecord(record: IdempotencyRecord): Promise<void> {
    if (!(await this.#claims.release(record))) await super._deleteRecord(record);
  }
}
