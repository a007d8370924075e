import { describe, expect, it } from 'vitest';
import type { QueueMappingConfiguration, QueueTraits } from '../../../src/local/queue/queue-settings.ts';
import { queueSettings } from '../../../src/local/queue/queue-settings.ts';

const standard: QueueTraits = { isFifo: false, visibilityTimeoutSeconds: 30, functionTimeoutSeconds: 3 };

describe('the settings of a mapping of a queue', () => {
  it("are Lambda's defaults", () => {
    expect(queueSettings({}, standard)).toMatchObject({
      batchSize: 10,
      batchingWindowMs: 0,
      reportBatchItemFailures: false,
      maximumConcurrency: 5,
    });
  });

  it.each<[QueueMappingConfiguration, Partial<QueueTraits>, string]>([
    [{ BatchSize: 0 }, {}, "Value '0' at 'batchSize' failed"],
    [{ BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 }, {}, "Value '10001' at 'batchSize' failed"],
    [{ BatchSize: 11 }, {}, 'Maximum batch window in seconds must be greater than 0'],
    [{ BatchSize: 11 }, { isFifo: true }, 'Member must have value less than or equal to 10'],
    [{ MaximumBatchingWindowInSeconds: 1 }, { isFifo: true }, "at 'maximumBatchingWindowInSeconds' failed"],
    [{ MaximumBatchingWindowInSeconds: 301 }, {}, "Value '301' at 'maximumBatchingWindowInSeconds' failed"],
    [{ ScalingConfig: { MaximumConcurrency: 1 } }, {}, "Value '1' at 'maximumConcurrency' failed"],
    [{ FilterCriteria: { Filters: [{ Pattern: '{' }] } }, {}, 'Invalid filter pattern definition.'],
    [
      {},
      { functionTimeoutSeconds: 60 },
      'Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds',
    ],
  ])('refuse %j of a queue %j', (given, queue, words) => {
    expect(() => queueSettings(given, { ...standard, ...queue })).toThrow(words);
  });
});
