import type { DynamoDBRecord } from 'aws-lambda';
import type { StreamHandler } from '../../src/create-handler.ts';
import { lambdaContext } from '../../src/testing/index.ts';

export interface Delivery {
  readonly records: readonly DynamoDBRecord[];
  readonly failed: boolean;
}

/**
 * Lambda's mapping in its simplest form: delivers a batch, takes the lowest number named as its checkpoint, delivers
 * everything from there again, and goes on when nothing is named.
 */
export async function deliverUntilSettled(
  handler: StreamHandler,
  records: readonly DynamoDBRecord[],
  limits: { readonly deliveries: number; readonly batchSize: number; readonly remainingMs?: number },
): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  let position = 0;
  while (position < records.length && deliveries.length < limits.deliveries) {
    const batch = records.slice(position, position + limits.batchSize);
    // Every delivery is new JSON, as Lambda's is.
    const event: unknown = JSON.parse(JSON.stringify({ Records: batch }));
    const context = lambdaContext(
      limits.remainingMs === undefined ? {} : { remainingMs: limits.remainingMs },
    );
    const response = await handler(event, context).catch(() => undefined);
    deliveries.push({ records: batch, failed: response === undefined });
    if (response === undefined) continue;
    const numbers = response.batchItemFailures.map(({ itemIdentifier }) => BigInt(itemIdentifier));
    const checkpoint = numbers.reduce<bigint | undefined>(
      (lowest, number) => (lowest === undefined || number < lowest ? number : lowest),
      undefined,
    );
    position =
      checkpoint === undefined
        ? position + batch.length
        : records.findIndex(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? '0') >= checkpoint);
  }
  return deliveries;
}
