import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What a client has asked of DynamoDB. */
export interface Counts {
  /** Over HTTP, so that what the SDK repeats counts again. */
  readonly requests: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface CountingClient extends Disposable {
  readonly client: DynamoDBClient;
  /** What was asked since the last time, which is forgotten. */
  drain(): Counts;
}

const none: Counts = { requests: 0, readUnits: 0, writeUnits: 0 };

/** A client of the SDK as it comes, which asks DynamoDB with each command what that took. */
export function countingClient(endpoint: string): CountingClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let counts = none;
  client.middlewareStack.add(
    (next, context) => async (given) => {
      const input = { ...given.input, ReturnConsumedCapacity: 'TOTAL' };
      const result = await next({ ...given, input });
      const units = unitsIn(result.output);
      counts = isRead(String(context.commandName), input)
        ? { ...counts, readUnits: counts.readUnits + units }
        : { ...counts, writeUnits: counts.writeUnits + units };
      return result;
    },
    { step: 'initialize', name: 'countUnits' },
  );
  client.middlewareStack.add(
    (next) => (given) => {
      counts = { ...counts, requests: counts.requests + 1 };
      return next(given);
    },
    // Within the step in which the SDK repeats what failed.
    { step: 'deserialize', name: 'countRequests' },
  );
  return {
    client,
    drain: () => {
      const drained = counts;
      counts = none;
      return drained;
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

/** A batch of statements reads throughout or writes throughout. */
function isRead(command: string, input: object): boolean {
  const { Statement, Statements = [], TransactStatements = [] } = input as StatementInput;
  const statement = [{ Statement }, ...Statements, ...TransactStatements].find(
    (one) => one.Statement,
  )?.Statement;
  return statement === undefined
    ? /^(?:Get|BatchGet|TransactGet|Query|Scan)/.test(command)
    : /^\s*select/i.test(statement);
}

interface StatementInput {
  readonly Statement?: string;
  readonly Statements?: readonly { readonly Statement?: string }[];
  readonly TransactStatements?: readonly { readonly Statement?: string }[];
}

function unitsIn(output: unknown): number {
  const { ConsumedCapacity: consumed = [] } = output as {
    readonly ConsumedCapacity?: ConsumedCapacity | readonly ConsumedCapacity[];
  };
  return [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
