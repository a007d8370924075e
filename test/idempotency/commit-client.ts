import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

interface ScriptedClient {
  readonly client: DynamoDBClient;
  /** What was sent, one body for each try. */
  readonly bodies: readonly string[];
}

/** What DynamoDB answers, as it stands on the wire. */
interface Answer {
  readonly status: number;
  readonly body: object;
}

/** A real client of the SDK whose network is a script; the last answer is given for ever. */
export function scriptedClient(...answers: readonly Answer[]): ScriptedClient {
  const bodies: string[] = [];
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      handle: ({ body }: { readonly body: Uint8Array }) => {
        const answer = answers[Math.min(bodies.length, answers.length - 1)];
        bodies.push(new TextDecoder().decode(body));
        return Promise.resolve({
          response: {
            statusCode: answer?.status ?? 500,
            headers: {},
            body: Readable.from([Buffer.from(JSON.stringify(answer?.body ?? {}))]),
          },
        });
      },
    },
  });
  return { client, bodies };
}

export const fault = (name: string, rest: object = {}): Answer => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, Message: 'scripted', ...rest },
});

/** A cancelled transaction, with these reasons. */
export const cancelled = (...reasons: readonly object[]): Answer =>
  fault('TransactionCanceledException', { CancellationReasons: reasons });

/**
 * Lets requests through to DynamoDB and loses their answers, so many times.
 * @returns how many were lost until now
 */
export function loseAnswers(client: DynamoDBClient, times: number): () => number {
  let lost = 0;
  client.middlewareStack.add(
    (next) => async (request) => {
      const answer = await next(request);
      if (lost === times) return answer;
      lost += 1;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    },
    // Inside the SDK's own retries.
    { step: 'finalizeRequest', priority: 'low' },
  );
  return () => lost;
}
