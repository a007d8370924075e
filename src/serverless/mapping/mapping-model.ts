import { isObject } from '../../stream/record.ts';
import type { EventConfig } from '../framework.ts';
import { idOf, referenceIn } from '../resources/intrinsic.ts';
import type { MappingModel } from '../rules/service-model.ts';

/** A stream event as the rules see it. The framework has checked the types of what was given; null is what is left out. */
export function mappingModel(table: string, event: EventConfig): MappingModel {
  const number = (name: string, otherwise: number): number => {
    const value = event[name];
    return typeof value === 'number' ? value : otherwise;
  };
  return {
    table,
    isEnabled: event['enabled'] !== false,
    batchSize: number('batchSize', 10),
    batchWindowSeconds: number('batchWindow', 0),
    parallelizationFactor: number('parallelizationFactor', 1),
    maximumRetryAttempts: number('maximumRetryAttempts', -1),
    maximumRecordAgeSeconds: number('maximumRecordAgeInSeconds', -1),
    bisects: event['bisectBatchOnFunctionError'] === true,
    hasPartialResponses: event['functionResponseType'] === 'ReportBatchItemFailures',
    tumblingWindowSeconds: number('tumblingWindowInSeconds', 0),
    onFailureQueue: onFailureQueue(event['destinations']),
  };
}

/** The queue's logical ID, or its ARN; undefined for none, and for a topic or a bucket. */
function onFailureQueue(destinations: unknown): string | undefined {
  const onFailure = onFailureOf(destinations);
  const arn = onFailureArn(destinations);
  if (arn === undefined || arn === null) return undefined;
  if (isObject(onFailure) && onFailure['type'] === 'sns') return undefined;
  if (typeof arn === 'string' && arn.split(':')[2] !== 'sqs') return undefined;
  return referenceIn(arn)?.logicalId ?? idOf(arn);
}

const onFailureOf = (destinations: unknown): unknown =>
  isObject(destinations) ? destinations['onFailure'] : undefined;

export function onFailureArn(destinations: unknown): unknown {
  const onFailure = onFailureOf(destinations);
  return isObject(onFailure) && 'arn' in onFailure ? onFailure['arn'] : onFailure;
}
