import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import type { Entry } from './entry.ts';
import type { Answer } from './gather.ts';
import { entryOf, names } from './ledger-item.ts';
import { notProcessed, statementError } from './statement-error.ts';
import type { Claimed, Written } from './store.ts';

/** A conditional write of one entry. */
export interface Statement {
  readonly key: string;
  readonly text: string;
  readonly parameters: AttributeValue[];
}

export interface Statements {
  /** The entry of a claim: an owner, a lease, no data. */
  insert(entry: Entry): Statement;
  complete(claimed: Claimed): Statement;
  renew(claimed: Claimed, leaseEndsAtMs: number): Statement;
  remove(claimed: Claimed): Statement;
}

/**
 * The statements for a table. Each sets one attribute at most: DynamoDB's documentation writes `SET a = 1 SET b = 2` for
 * several, engines that imitate it want a comma.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html
 */
export function statementsFor(tableName: string): Statements {
  const { key, status, owner, inProgressExpiry, expiry } = names;
  const table = `"${tableName}"`;
  const where = `WHERE "${key}" = ? AND "${owner}" = ? AND "${status}" = 'INPROGRESS'`;
  const insert =
    `INSERT INTO ${table} VALUE {'${key}': ?, '${status}': 'INPROGRESS', '${owner}': ?, ` +
    `'${inProgressExpiry}': ?, '${expiry}': ?}`;
  const complete = `UPDATE ${table} SET "${status}" = 'COMPLETED' ${where}`;
  // A renewal that was delayed must not take back a later one.
  const renew = `UPDATE ${table} SET "${inProgressExpiry}" = ? ${where} AND "${inProgressExpiry}" < ?`;
  const remove = `DELETE FROM ${table} ${where}`;
  const of = (claimed: Claimed): AttributeValue[] => [{ S: claimed.key }, { S: claimed.owner }];
  return {
    insert: (entry) => ({
      key: entry.key,
      text: insert,
      parameters: [
        { S: entry.key },
        { S: entry.owner ?? '' },
        { N: String(entry.leaseEndsAtMs) },
        { N: String(entry.expiresAtSeconds) },
      ],
    }),
    complete: (claimed) => ({ key: claimed.key, text: complete, parameters: of(claimed) }),
    renew: (claimed, endsAtMs) => ({
      key: claimed.key,
      text: renew,
      parameters: [{ N: String(endsAtMs) }, ...of(claimed), { N: String(endsAtMs) }],
    }),
    remove: (claimed) => ({ key: claimed.key, text: remove, parameters: of(claimed) }),
  };
}

const refusals: readonly unknown[] = ['DuplicateItem', 'ConditionalCheckFailed'];

/**
 * Each statement has its own answer; the request succeeds even if all of them fail.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
export async function runStatements(
  client: DynamoDBClient,
  batch: readonly Statement[],
): Promise<readonly Answer<Written>[]> {
  const { Responses = [] } = await client.send(
    new BatchExecuteStatementCommand({
      Statements: batch.map(({ text, parameters }) => ({
        Statement: text,
        Parameters: parameters,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })),
    }),
  );
  return batch.map((_, index) => {
    const response = Responses[index];
    if (response === undefined) return { error: notProcessed() };
    if (response.Error === undefined) return { result: { kind: 'written' } };
    const { Code, Item } = response.Error;
    return refusals.includes(Code)
      ? { result: { kind: 'refused', found: Item && entryOf(Item) } }
      : { error: statementError(response.Error) };
  });
}
