import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { DynamoDBMarshalled } from '@aws-lambda-powertools/parser/helpers/dynamodb';
import {
  DynamoDBStreamChangeRecordBase,
  DynamoDBStreamRecord,
} from '@aws-lambda-powertools/parser/schemas/dynamodb';
import type { DynamoDBRecord, DynamoDBStreamHandler } from 'aws-lambda';
import { isOrder } from './is-order.ts';
import { config, leaveNoteOnce } from './once.ts';
import { OrderSchema } from './order.ts';
import { park } from './park.ts';

/** Written by hand with Powertools' Batch, Idempotency and Parser, as their documentation puts them together. */
const image = DynamoDBMarshalled(OrderSchema);
const OrderRecord = DynamoDBStreamRecord.extend({
  dynamodb: DynamoDBStreamChangeRecordBase.extend({ NewImage: image, OldImage: image.optional() }),
});

async function handle(record: DynamoDBRecord): Promise<void> {
  if (!isOrder(record)) return;
  const { success, data, error } = OrderRecord.safeParse(record);
  if (!success) return park(record, error);
  const { NewImage, OldImage } = data.dynamodb;
  if (NewImage.status !== OldImage?.status) await leaveNoteOnce(data.eventID, NewImage);
}

const processor = new BatchProcessor(EventType.DynamoDBStreams);

export const handler: DynamoDBStreamHandler = (event, context) => {
  config.registerLambdaContext(context);
  return processPartialResponse(event, handle, processor, { context, processInParallel: false });
};
