import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { parser } from '@aws-lambda-powertools/batch/parser';
import { DynamoDBMarshalled } from '@aws-lambda-powertools/parser/helpers/dynamodb';
import {
  DynamoDBStreamChangeRecordBase,
  DynamoDBStreamRecord,
} from '@aws-lambda-powertools/parser/schemas/dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Run } from './contestant.ts';
import { OrderSchema } from './order-schema.ts';
import { unmarshalled } from './unmarshalled.ts';
import type { Work } from './work.ts';

/** The handler unmarshals both images itself. */
export function withoutParser(work: Work, processInParallel: boolean): Run {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const handle = (record: DynamoDBRecord) => {
    const { newImage, oldImage } = unmarshalled(record);
    return work.images(newImage, oldImage);
  };
  return (event) => processPartialResponse(event, handle, processor, { processInParallel });
}

/** The processor's `schema`: a schema of the whole record, made once. */
export function withSchema(work: Work): Run {
  const image = DynamoDBMarshalled(OrderSchema);
  const schema = DynamoDBStreamRecord.extend({
    dynamodb: DynamoDBStreamChangeRecordBase.extend({ NewImage: image, OldImage: image }),
  });
  return parsed(work, new BatchProcessor(EventType.DynamoDBStreams, { parser, schema }));
}

/** The processor's `innerSchema` and `transformer`: less to write. */
export const withInnerSchema = (work: Work): Run =>
  parsed(
    work,
    new BatchProcessor(EventType.DynamoDBStreams, {
      parser,
      innerSchema: OrderSchema,
      transformer: 'unmarshall',
    }),
  );

function parsed(work: Work, processor: BatchProcessor): Run {
  const handle = ({ dynamodb }: DynamoDBRecord) => work.images(dynamodb?.NewImage, dynamodb?.OldImage);
  return (event) => processPartialResponse(event, handle, processor, { processInParallel: false });
}
