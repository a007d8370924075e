import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.ts';
import type { EventSourceMappingOptions } from '../../src/local/index.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { mappingSettings } from '../../src/local/mapping-settings.ts';

const least: EventSourceMappingOptions = {
  streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Shop/stream/2026-01-01T00:00:00.000',
  invoke: () => null,
};

/** What plain JavaScript can hand over. */
const untyped = (options: Record<string, unknown>) => options as Partial<EventSourceMappingOptions>;

describe('the settings of a mapping', () => {
  it("are Lambda's defaults, with batch item failures reported", () => {
    expect(mappingSettings(least)).toMatchObject({
      batchSize: 100,
      maximumBatchingWindowMs: 0,
      startingPosition: 'TRIM_HORIZON',
      maximumRetryAttempts: -1,
      timeoutMs: 30_000,
      reportBatchItemFailures: true,
      retry: { baseDelayMs: 200, maxDelayMs: 30_000 },
    });
  });

  it('take undefined for the default', () => {
    expect(mappingSettings({ ...least, ...untyped({ batchSize: undefined }) }).batchSize).toBe(100);
  });

  it('take what is at the edge of the allowed', () => {
    const options = { batchSize: 10_000, maximumBatchingWindowMs: 300_000, maximumRetryAttempts: 10_000 };
    expect(mappingSettings({ ...least, ...options })).toMatchObject(options);
  });

  it.each<[string, Partial<EventSourceMappingOptions>]>([
    ['streamArn', { streamArn: 'arn:aws:dynamodb:us-east-1:0:table/Shop' }],
    ['invoke', untyped({ invoke: 'handler' })],
    ['functionName', { functionName: 'two words' }],
    ['batchSize', { batchSize: 0 }],
    ['batchSize', { batchSize: 10_001 }],
    ['batchSize', { batchSize: 1.5 }],
    ['batchSize', { batchSize: NaN }],
    ['maximumBatchingWindowMs', { maximumBatchingWindowMs: 300_001 }],
    ['maximumRetryAttempts', { maximumRetryAttempts: -2 }],
    ['maximumRetryAttempts', { maximumRetryAttempts: 10_001 }],
    ['timeoutMs', { timeoutMs: 900_001 }],
    ['pollIntervalMs', { pollIntervalMs: 0 }],
    ['shardDiscoveryIntervalMs', { shardDiscoveryIntervalMs: 0 }],
    ['retry.baseDelayMs', { retry: { baseDelayMs: -1 } }],
    ['retry.maxDelayMs', { retry: { baseDelayMs: 10, maxDelayMs: 9 } }],
    ['startingPosition', untyped({ startingPosition: 'AT_TIMESTAMP' })],
    ['functionResponseTypes', untyped({ functionResponseTypes: ['Everything'] })],
    ['onFailure.queueUrl', { onFailure: { queueUrl: '' } }],
  ])('refuse a wrong %s, and name it', (option, wrong) => {
    const settle = () => mappingSettings({ ...least, ...wrong });
    expect(settle).toThrow(InvalidOptionError);
    expect(settle).toThrow(`startEventSourceMapping: ${option} is `);
    expect(settle).toThrow('; allowed is ');
  });

  it('are checked before anything is started', async () => {
    await expect(startEventSourceMapping({ ...least, batchSize: 0 })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: 'startEventSourceMapping: batchSize is 0; allowed is a whole number from 1 to 10000.',
    });
  });
});
