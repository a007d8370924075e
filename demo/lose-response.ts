import type { DynamoDBRecord } from 'aws-lambda';
import type { StreamHandler } from 'spillway';
import type { LambdaFunction } from 'spillway/local';

/** A function that loses one response, and what was in the batch. */
export interface Forgetful {
  readonly invoke: LambdaFunction;
  /** The records that were handled and are delivered again all the same. */
  readonly deliveredAgain: () => readonly DynamoDBRecord[];
}

/**
 * Lets one batch of some size be handled to its end and then fails the invocation, as a crash just before the response
 * would: all the work is done, and the mapping delivers the whole batch again.
 */
export function loseOneResponse(handler: StreamHandler, atLeastRecords: number): Forgetful {
  let lost: readonly DynamoDBRecord[] = [];
  return {
    deliveredAgain: () => lost,
    invoke: async (event, context) => {
      const response = await handler(event, context);
      const isTheOne =
        lost.length === 0 &&
        event.Records.length >= atLeastRecords &&
        response.batchItemFailures.length === 0;
      if (!isTheOne) return response;
      lost = event.Records;
      throw new Error('the demo has lost this response on purpose');
    },
  };
}
