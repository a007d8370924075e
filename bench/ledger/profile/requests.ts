import type { AttributeValue, BatchExecuteStatementCommandInput } from '@aws-sdk/client-dynamodb';

/** Entries as the ledger writes them: a claim's key has the consumer, the route, the stream and the event's id. */
export const keyOf = (run: string, index: number): string =>
  `spillway#bench#note#arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000#` +
  `${run}${String(index).padStart(24, '0')}`;

const owner = '0190a1b2c3d4e5f60718293a4b5c6d7e';
const leaseEndsAt = '1790000000000';
const expiresAt = '1790000000';

type Item = Record<string, AttributeValue>;
type Statements = NonNullable<BatchExecuteStatementCommandInput['Statements']>;

export const itemOf = (id: string): Item => ({
  id: { S: id },
  status: { S: 'INPROGRESS' },
  owner: { S: owner },
  in_progress_expiration: { N: leaseEndsAt },
  expiration: { N: expiresAt },
});

export const insertsOf = (table: string, ids: readonly string[]): Statements =>
  ids.map((id) => ({
    Statement:
      `INSERT INTO "${table}" VALUE {'id': ?, 'status': 'INPROGRESS', 'owner': ?, ` +
      `'in_progress_expiration': ?, 'expiration': ?}`,
    Parameters: [{ S: id }, { S: owner }, { N: leaseEndsAt }, { N: expiresAt }],
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }));

/** As few words as there can be: it tells what the length of a statement costs. */
export const shortInsertsOf = (table: string, ids: readonly string[]): Statements =>
  ids.map((id) => ({
    Statement: `INSERT INTO "${table}" VALUE {'id':?,'o':?}`,
    Parameters: [{ S: id }, { S: owner }],
  }));

export const updatesOf = (table: string, ids: readonly string[]): Statements =>
  ids.map((id) => ({
    Statement: `UPDATE "${table}" SET "status" = 'COMPLETED' WHERE "id" = ? AND "owner" = ? AND "status" = 'INPROGRESS'`,
    Parameters: [{ S: id }, { S: owner }],
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }));
