import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { lambdaContext } from 'spillway/testing';
import type { Ground, Run } from './contestants.ts';

/** Batch and Idempotency as their documentation puts them together, with the id of the event for a key. */
export function powertools({ client, tableName, handle }: Ground, processInParallel: boolean): Run {
  const context = lambdaContext({ remainingMs: 300_000 });
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'eventID' });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const handleOnce = makeIdempotent(({ eventID }: DynamoDBRecord) => handle(eventID), {
    persistenceStore,
    config,
  });
  return (event) => {
    config.registerLambdaContext(context);
    return processPartialResponse(event, handleOnce, processor, { context, processInParallel });
  };
}
