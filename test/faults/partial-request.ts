import type { Body } from './fault.ts';

/** A batch of which a part goes on to the engine. */
export interface PartialRequest {
  /** Undefined: nothing is left that could go on. */
  readonly forward: Body | undefined;
  /** The answer to the whole, made of the engine's answer to the part. */
  readonly complete: (answer: Body) => Body;
}

/** Keeps the statements at some places from the engine; they are answered as throttled, each at its place. */
export function withoutStatements(body: Body, at: readonly number[]): PartialRequest {
  const statements = listOf(body['Statements']);
  const throttled = statements.map((_, place) => at.includes(place));
  const rest = statements.filter((_, place) => throttled[place] === false);
  return {
    forward: rest.length === 0 ? undefined : { ...body, Statements: rest },
    complete(answer) {
      const answers = listOf(answer['Responses']).values();
      return {
        ...answer,
        Responses: throttled.map((isThrottled) => (isThrottled ? throttledStatement : answers.next().value)),
      };
    },
  };
}

const throttledStatement = {
  Error: {
    Code: 'ProvisionedThroughputExceeded',
    Message: 'The level of configured provisioned throughput for the table was exceeded.',
  },
};

/** Keeps all but the first `keep` entries of a BatchGetItem or BatchWriteItem from the engine, and hands them back. */
export function firstEntries(operation: BatchOperation, body: Body, keep: number): PartialRequest {
  const { entriesOf, withEntries, left } = batches[operation];
  const tables = Object.entries(body['RequestItems'] ?? {}) as readonly (readonly [string, unknown])[];
  let room = keep;
  const cut = tables.map(([table, request]) => {
    const entries = entriesOf(request);
    const place = Math.min(room, entries.length);
    room -= place;
    return { table, request, first: entries.slice(0, place), rest: entries.slice(place) };
  });
  const forwarded = cut.filter(({ first }) => first.length > 0);
  return {
    forward:
      forwarded.length === 0
        ? undefined
        : {
            ...body,
            RequestItems: Object.fromEntries(
              forwarded.map(({ table, request, first }) => [table, withEntries(request, first)]),
            ),
          },
    complete(answer) {
      const already = (answer[left] ?? {}) as Body;
      const handedBack = cut
        .map(({ table, request, rest }) => ({
          table,
          request,
          entries: [...(table in already ? entriesOf(already[table]) : []), ...rest],
        }))
        .filter(({ entries }) => entries.length > 0)
        .map(({ table, request, entries }) => [table, withEntries(request, entries)]);
      return { ...answer, [left]: Object.fromEntries(handedBack) as Body };
    },
  };
}

type BatchOperation = 'BatchGetItem' | 'BatchWriteItem';

export const isBatchOperation = (operation: string): operation is BatchOperation => operation in batches;

/** Where each of the two has its entries: a get under `Keys`, beside how they are to be read. */
const batches = {
  BatchGetItem: {
    left: 'UnprocessedKeys',
    entriesOf: (request: unknown) => listOf((request as Body)['Keys']),
    withEntries: (request: unknown, entries: readonly unknown[]): unknown => ({
      ...(request as Body),
      Keys: entries,
    }),
  },
  BatchWriteItem: {
    left: 'UnprocessedItems',
    entriesOf: (request: unknown) => listOf(request),
    withEntries: (_: unknown, entries: readonly unknown[]): unknown => entries,
  },
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
