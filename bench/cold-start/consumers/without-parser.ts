import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamHandler } from 'aws-lambda';
import { isOrder } from './is-order.ts';
import { config, leaveNoteOnce } from './once.ts';
import { OrderSchema } from './order.ts';
import { park } from './park.ts';

/** As `powertools.ts`, without Powertools' Parser, which brings all of zod along. */
async function handle(record: DynamoDBRecord): Promise<void> {
  if (!isOrder(record)) return;
  const { success, data, error } = OrderSchema.safeParse(unmarshalled(record.dynamodb?.NewImage));
  if (!success) return park(record, error);
  if (record.dynamodb?.OldImage?.['status']?.S !== data.status)
    await leaveNoteOnce(record.eventID ?? '', data);
}

/** Lambda's types and the SDK's differ in how they write bytes, which an order has none of. */
const unmarshalled = (image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage'] = {}): unknown =>
  unmarshall(image as Record<string, AttributeValue>);

const processor = new BatchProcessor(EventType.DynamoDBStreams);

export const handler: DynamoDBStreamHandler = (event, context) => {
  config.registerLambdaContext(context);
  return processPartialResponse(event, handle, processor, { context, processInParallel: false });
};
