import type { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { IdempotencyItemAlreadyExistsError } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fromEnvironmentAtInit, missing } from '../environment.ts';
import { InvalidOptionError } from '../errors.ts';
import { checkNames, shown } from '../routing/check-option.ts';
import { systemRuntime } from '../runtime.ts';
import { dynamoDBStore } from './dynamodb-store.ts';
import { defaultExpirySeconds, ledgerConfig } from './expiry.ts';
import type { LedgerOptions } from './guarantee.ts';
import { checkLedgerOptions, ledgerIn, ledgerOptionNames } from './guarantee.ts';
import type { ConfiguredLayer } from './ledger.ts';
import { layerClaims } from './layer-claims.ts';
import type { LayerClaims } from './layer-claims.ts';
import { reach } from './reach.ts';
import type { Ledger } from './session.ts';
import { ledgerKeyPrefix } from './work.ts';

export type DynamoDBLedgerOptions = LedgerOptions & {
  /** The table: partition key `id` (string), time to live on `expiration`. Default: `SPILLWAY_LEDGER_TABLE`. */
  readonly tableName?: string;
  /**
   * A client of your own. Default: one made with the function's region and credentials, which gives a request 5 seconds.
   * Give yours a `requestTimeout` too: the SDK's default is to wait for ever.
   */
  readonly client?: DynamoDBClient;
};

/**
 * A ledger in a DynamoDB table. It is a Powertools persistence layer, so `makeIdempotent` can use it too.
 * @throws InvalidOptionError
 * @throws MissingEnvironmentError on Lambda, if no table is named and `SPILLWAY_LEDGER_TABLE` is not set
 */
export function dynamoDBLedger(options: DynamoDBLedgerOptions = {}): DynamoDBPersistenceLayer {
  checkNames('dynamoDBLedger', options, ['tableName', 'client', ...ledgerOptionNames]);
  const { tableName, client, ...ledger } = options;
  if (tableName !== undefined && (typeof tableName !== 'string' || tableName === ''))
    throw new InvalidOptionError(
      `dynamoDBLedger: "tableName" must be the name of a table, got ${shown(tableName)}`,
    );
  checkLedgerOptions('dynamoDBLedger', ledger);
  const config = ledgerConfig(ledger.expiresAfterSeconds);
  const table = tableName ?? fromEnvironmentAtInit('SPILLWAY_LEDGER_TABLE', remedy);
  const { guarantee = 'claim', expiresAfterSeconds = defaultExpirySeconds } = ledger;
  const settings = { guarantee, expiresAfterSeconds, ...(tableName !== undefined && { tableName }) };
  return Object.assign(new DynamoDBLedger(table, client ?? defaultClient(), config, ledger), { settings });
}

/** The SDK would wait for an answer for ever, and the invocation with it; without the last setting it only warns. */
const defaultClient = (): DynamoDBClient =>
  new DynamoDBClient({
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });

const remedy =
  'Set it to the name of the ledger table, or write createHandler(router, { ledger: dynamoDBLedger({ tableName }) }).';

type Data = Parameters<DynamoDBPersistenceLayer['getRecord']>[0];

/** Spillway uses `ledger`; the methods are what Powertools' `makeIdempotent` calls. */
class DynamoDBLedger extends DynamoDBPersistenceLayer implements ConfiguredLayer {
  readonly config: IdempotencyConfig;
  readonly description: string;
  readonly ledger: Ledger;
  readonly #table: string | undefined;
  readonly #claims: LayerClaims;

  constructor(
    table: string | undefined,
    client: DynamoDBClient,
    config: IdempotencyConfig,
    options: LedgerOptions,
  ) {
    super({ tableName: table ?? '', awsSdkV3Client: client });
    this.#table = table;
    this.config = config;
    const store = dynamoDBStore(client, table ?? '', systemRuntime);
    this.description = store.description;
    this.ledger = table === undefined ? unnamed : ledgerIn(store, options);
    this.#claims = layerClaims(client, table ?? '', store, systemRuntime);
    this.configure({ config });
  }

  /** Spillway's keys are unique as they are, and a person who looks into the table can read them. */
  protected override getHashedIdempotencyKey(data: Data): string {
    return typeof data === 'string' && data.startsWith(ledgerKeyPrefix)
      ? data
      : super.getHashedIdempotencyKey(data);
  }

  /** Every request needs it, so this is where a table that was not named shows. */
  protected override getKey(idempotencyKey: string): Record<string, AttributeValue> {
    if (this.#table === undefined) throw missing('SPILLWAY_LEDGER_TABLE', remedy);
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

/** Outside Lambda a handler may be looked at without a table. */
const unnamed: Ledger = {
  ahead: 0,
  open: () => ({
    take: () =>
      reach({ description: 'a DynamoDB table without a name' }, 'claim a record', () =>
        Promise.reject(missing('SPILLWAY_LEDGER_TABLE', remedy)),
      ),
    close: () => Promise.resolve(),
    abandon: () => undefined,
  }),
};
