import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fromEnvironmentAtInit, missing } from '../environment.ts';
import { InvalidOptionError } from '../errors.ts';
import { checkNames, shown } from '../routing/check-option.ts';
import { systemRuntime } from '../runtime.ts';
import { dynamoDBStore } from './dynamodb-store.ts';
import { checkedExpiry } from './expiry.ts';
import type { LedgerOptions, LedgerSettings } from './guarantee.ts';
import { checkLedgerOptions, ledgerIn, ledgerOptionNames } from './guarantee.ts';
import { reach } from './reach.ts';
import { requestTimeouts } from './request-timeouts.ts';
import type { Ledger } from './session.ts';
import type { Store } from './store.ts';

export type DynamoDBLedgerOptions = LedgerOptions & {
  /** The table: partition key `id` (string), time to live on `expiration`. Default: `SPILLWAY_LEDGER_TABLE`. */
  readonly tableName?: string;
  /**
   * A client of your own. Default: one made with the function's region and credentials, which gives a request 5 seconds.
   * Give yours a `requestTimeout` too: the SDK's default is to wait for ever.
   */
  readonly client?: DynamoDBClient;
};

/** A ledger in a DynamoDB table, by itself: what `dynamoDBLedger` makes a persistence layer of Powertools. */
export interface TableLedger {
  readonly client: DynamoDBClient;
  /** Undefined: nobody has named one. */
  readonly tableName: string | undefined;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly settings: LedgerSettings;
}

/**
 * @throws InvalidOptionError
 * @throws MissingEnvironmentError on Lambda, if no table is named and `SPILLWAY_LEDGER_TABLE` is not set
 */
export function tableLedger(options: DynamoDBLedgerOptions = {}): TableLedger {
  checkNames('dynamoDBLedger', options, ['tableName', 'client', ...ledgerOptionNames]);
  const {
    tableName: named,
    client = new DynamoDBClient({ requestHandler: requestTimeouts }),
    ...ledger
  } = options;
  if (named !== undefined && (typeof named !== 'string' || named === ''))
    throw new InvalidOptionError(
      `dynamoDBLedger: "tableName" must be the name of a table, got ${shown(named)}`,
    );
  checkLedgerOptions('dynamoDBLedger', ledger);
  const { guarantee = 'claim' } = ledger;
  const expiresAfterSeconds = checkedExpiry(ledger.expiresAfterSeconds);
  const tableName = named ?? fromEnvironmentAtInit('SPILLWAY_LEDGER_TABLE', remedy);
  const store = dynamoDBStore(client, tableName ?? '', systemRuntime);
  return {
    client,
    tableName,
    store,
    ledger: tableName === undefined ? unnamed : ledgerIn(store, ledger),
    settings: { guarantee, expiresAfterSeconds, ...(named !== undefined && { tableName: named }) },
  };
}

const remedy =
  'Set it to the name of the ledger table, or write createHandler(router, { ledger: dynamoDBLedger({ tableName }) }).';

export const missingTable = () => missing('SPILLWAY_LEDGER_TABLE', remedy);

/** Outside Lambda a handler may be looked at without a table. */
const unnamed: Ledger = {
  ahead: 0,
  open: () => ({
    take: () =>
      reach({ description: 'a DynamoDB table without a name' }, 'claim a record', () =>
        Promise.reject(missingTable()),
      ),
    close: () => Promise.resolve(),
    abandon: () => undefined,
  }),
};
