import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Counts the requests of a client, by the name of their command, until it is told to stop. */
export function countRequests(client: DynamoDBClient): {
  readonly stop: () => Readonly<Record<string, number>>;
} {
  const counts: Record<string, number> = {};
  const name = 'countRequests';
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (request) => {
        counts[commandName] = (counts[commandName] ?? 0) + 1;
        return next(request);
      },
    { step: 'initialize', name },
  );
  return {
    stop() {
      client.middlewareStack.remove(name);
      return counts;
    },
  };
}

/**
 * Lets requests through and loses what is said to them, answers and refusals alike, so many times.
 * @returns how many were lost until now
 */
export function loseAnswers(client: DynamoDBClient, times: number): () => number {
  let lost = 0;
  client.middlewareStack.add(
    (next) => async (request) => {
      if (lost === times) return next(request);
      lost += 1;
      await next(request).catch(() => undefined);
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    },
    // Inside the SDK's own retries.
    { step: 'finalizeRequest', priority: 'low' },
  );
  return () => lost;
}
