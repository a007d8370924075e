import { InvalidOptionError } from '../../errors.ts';
import type { FilterCriteria } from '../../filter/compile-filter-criteria.ts';
import { compileFilterCriteria } from '../../filter/compile-filter-criteria.ts';
import { failedConstraint } from '../mapping/validation-errors.ts';

/** The settings that a mapping of a queue has, in AWS's names.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
export interface QueueMappingConfiguration {
  /** 1 to 10,000, of a FIFO queue to 10. Default 10. */
  readonly BatchSize?: number;
  /** 0 to 300 s; a FIFO queue has none. Default 0. */
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly FunctionResponseTypes?: readonly string[];
  readonly FilterCriteria?: FilterCriteria;
  /** The most batches at once, 2 to 1,000. Default: 5, with which Lambda begins. */
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
}

export interface QueueSettings {
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly reportBatchItemFailures: boolean;
  readonly passes: (record: unknown) => boolean;
  readonly maximumConcurrency: number;
}

export interface QueueTraits {
  readonly isFifo: boolean;
  readonly visibilityTimeoutSeconds: number;
  readonly functionTimeoutSeconds: number;
}

/** With how many batches at once Lambda begins. */
const batchesAtOnce = 5;

/** @throws InvalidOptionError for what Lambda refuses, in its words where they are known */
export function queueSettings(given: QueueMappingConfiguration, queue: QueueTraits): QueueSettings {
  const { BatchSize = 10, MaximumBatchingWindowInSeconds: window = 0, FunctionResponseTypes = [] } = given;
  const { MaximumConcurrency } = given.ScalingConfig ?? {};
  within('BatchSize', BatchSize, [1, queue.isFifo ? 10 : 10_000]);
  within('MaximumBatchingWindowInSeconds', window, [0, queue.isFifo ? 0 : 300]);
  if (MaximumConcurrency !== undefined) within('MaximumConcurrency', MaximumConcurrency, [2, 1_000]);
  if (BatchSize > 10 && window === 0)
    throw new InvalidOptionError(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  const { visibilityTimeoutSeconds, functionTimeoutSeconds } = queue;
  if (visibilityTimeoutSeconds < functionTimeoutSeconds)
    throw new InvalidOptionError(
      `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than ` +
        `Function timeout: ${functionTimeoutSeconds} seconds`,
    );
  return {
    batchSize: BatchSize,
    batchingWindowMs: window * 1_000,
    reportBatchItemFailures: FunctionResponseTypes.includes('ReportBatchItemFailures'),
    passes: compileFilterCriteria(given.FilterCriteria),
    maximumConcurrency: Math.min(MaximumConcurrency ?? batchesAtOnce, batchesAtOnce),
  };
}

function within(setting: string, value: number, [least, most]: readonly [number, number]): void {
  if (!Number.isInteger(value) || value < least)
    throw failedConstraint(setting, value, {
      constraint: `Member must have value greater than or equal to ${least}`,
    });
  if (value > most)
    throw failedConstraint(setting, value, {
      constraint: `Member must have value less than or equal to ${most}`,
    });
}
