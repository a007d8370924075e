import middy from '@middy/core';
import eventNormalizer from '@middy/event-normalizer';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { lambdaContext } from 'spillway/testing';
import type { Run } from './contestant.ts';
import type { Work } from './work.ts';

/** The normalizer unmarshals key and images in place, in the event itself; the handler then takes all records at once. */
export function middyNormalized(work: Work): Run {
  const handler = middy<DynamoDBStreamEvent>()
    .use(eventNormalizer())
    .handler(({ Records: records }) =>
      Promise.all(records.map(({ dynamodb }) => work.images(dynamodb?.NewImage, dynamodb?.OldImage))),
    );
  const context = lambdaContext();
  return (event) => handler(event, context);
}
