import type { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fromEnvironmentAtInit, missing } from '../environment.ts';
import { InvalidOptionError } from '../errors.ts';
import { checkNames, shown } from '../routing/check-option.ts';
import type { ConfiguredLayer } from './ledger.ts';
import { ledgerConfig } from './ledger.ts';
import { ledgerKeyPrefix } from './work.ts';

export interface DynamoDBLedgerOptions {
  /** The table: partition key `id` (string), time to live on `expiration`. Default: `SPILLWAY_LEDGER_TABLE`. */
  readonly tableName?: string;
  /** A client of your own. Default: one made with the function's region and credentials. */
  readonly client?: DynamoDBClient;
  /** How long a settled record is remembered. More than 86,400, the stream's 24 hours; default 172,800 (48 hours). */
  readonly expiresAfterSeconds?: number;
}

/**
 * A ledger in a DynamoDB table. It is a Powertools persistence layer, so `makeIdempotent` can use it too.
 * @throws InvalidOptionError
 * @throws MissingEnvironmentError on Lambda, if no table is named and `SPILLWAY_LEDGER_TABLE` is not set
 */
export function dynamoDBLedger(options: DynamoDBLedgerOptions = {}): DynamoDBPersistenceLayer {
  checkNames('dynamoDBLedger', options, ['tableName', 'client', 'expiresAfterSeconds']);
  const { tableName, client, expiresAfterSeconds } = options;
  if (tableName !== undefined && (typeof tableName !== 'string' || tableName === ''))
    throw new InvalidOptionError(
      `dynamoDBLedger: "tableName" must be the name of a table, got ${shown(tableName)}`,
    );
  const table = tableName ?? fromEnvironmentAtInit('SPILLWAY_LEDGER_TABLE', remedy);
  return new DynamoDBLedger(table, client, ledgerConfig(expiresAfterSeconds));
}

const remedy =
  'Set it to the name of the ledger table, or write createHandler(router, { ledger: dynamoDBLedger({ tableName }) }).';

type Data = Parameters<DynamoDBPersistenceLayer['getRecord']>[0];

class DynamoDBLedger extends DynamoDBPersistenceLayer implements ConfiguredLayer {
  readonly config: IdempotencyConfig;
  readonly description: string;
  readonly #table: string | undefined;

  constructor(table: string | undefined, client: DynamoDBClient | undefined, config: IdempotencyConfig) {
    super({ tableName: table ?? '', ...(client && { awsSdkV3Client: client }) });
    this.#table = table;
    this.config = config;
    this.description = `the DynamoDB table "${table ?? ''}"`;
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
}
