import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../../src/errors.ts';
import type { EventSourceMappingOptions } from '../../../src/local/index.ts';
import { startEventSourceMapping } from '../../../src/local/index.ts';
import { mappingSettings } from '../../../src/local/mapping/mapping-settings.ts';

const EventSourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Shop/stream/2026-01-01T00:00:00.000';
const least: EventSourceMappingOptions = {
  EventSourceArn,
  StartingPosition: 'LATEST',
  invoke: () => null,
};

/** What plain JavaScript can hand over. */
const untyped = (options: Record<string, unknown>) => options as Partial<EventSourceMappingOptions>;

describe('the settings of a mapping', () => {
  it("are Lambda's defaults (LS-SNAP: what CreateEventSourceMapping answers)", () => {
    expect(mappingSettings(least)).toMatchObject({
      batchSize: 100,
      batchingWindowMs: 0,
      parallelizationFactor: 1,
      startingPosition: 'LATEST',
      maximumRetryAttempts: -1,
      maximumRecordAgeMs: undefined,
      bisectBatchOnFunctionError: false,
      tumblingWindowMs: undefined,
      reportBatchItemFailures: false,
      destination: undefined,
      isEnabled: true,
    });
  });

  it('take undefined for the default', () => {
    expect(mappingSettings({ ...least, ...untyped({ BatchSize: undefined }) }).batchSize).toBe(100);
  });

  it('take what is at the edge of the allowed', () => {
    const most = {
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 300,
      ParallelizationFactor: 10,
      MaximumRetryAttempts: 10_000,
      MaximumRecordAgeInSeconds: 604_800,
      TumblingWindowInSeconds: 900,
    };
    expect(mappingSettings({ ...least, ...most })).toMatchObject({
      batchSize: 10_000,
      batchingWindowMs: 300_000,
      parallelizationFactor: 10,
      maximumRetryAttempts: 10_000,
      maximumRecordAgeMs: 604_800_000,
      tumblingWindowMs: 900_000,
    });
    expect(mappingSettings({ ...least, MaximumRecordAgeInSeconds: 60 }).maximumRecordAgeMs).toBe(60_000);
  });

  it('take a batch size above 10 without a batching window (LS-SNAP: not enforced for DynamoDB)', () => {
    const options = { BatchSize: 100, MaximumBatchingWindowInSeconds: 0 };
    expect(mappingSettings({ ...least, ...options }).batchSize).toBe(100);
  });

  it("take a function's ARN for its name", () => {
    const FunctionName = 'arn:aws:lambda:eu-west-1:123456789012:function:orders';
    expect(mappingSettings({ ...least, FunctionName })).toMatchObject({
      functionName: 'orders',
      functionArn: FunctionName,
    });
  });

  const outOfBounds = (value: number, name: string, word: 'less' | 'greater', bound: number) =>
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
    `Member must have value ${word} than or equal to ${bound}`;

  it.each<[Partial<EventSourceMappingOptions>, string]>([
    [{ BatchSize: 0 }, outOfBounds(0, 'batchSize', 'greater', 1)],
    [{ BatchSize: 10_001 }, outOfBounds(10_001, 'batchSize', 'less', 10_000)],
    [
      { MaximumBatchingWindowInSeconds: 301 },
      outOfBounds(301, 'maximumBatchingWindowInSeconds', 'less', 300),
    ],
    [{ ParallelizationFactor: 0 }, outOfBounds(0, 'parallelizationFactor', 'greater', 1)],
    [{ ParallelizationFactor: 11 }, outOfBounds(11, 'parallelizationFactor', 'less', 10)],
    [{ MaximumRetryAttempts: -2 }, outOfBounds(-2, 'maximumRetryAttempts', 'greater', -1)],
    [{ MaximumRetryAttempts: 10_001 }, outOfBounds(10_001, 'maximumRetryAttempts', 'less', 10_000)],
    [
      { MaximumRecordAgeInSeconds: 604_801 },
      outOfBounds(604_801, 'maximumRecordAgeInSeconds', 'less', 604_800),
    ],
    [{ TumblingWindowInSeconds: 901 }, outOfBounds(901, 'tumblingWindowInSeconds', 'less', 900)],
    [{ MaximumRecordAgeInSeconds: 59 }, "Value '59' at 'maximumRecordAgeInSeconds' failed"],
    [{ MaximumRecordAgeInSeconds: 0 }, "Value '0' at 'maximumRecordAgeInSeconds' failed"],
    [{ BatchSize: 1.5 }, "Value '1.5' at 'batchSize' failed to satisfy constraint"],
    [untyped({ BatchSize: '10' }), "Value '10' at 'batchSize' failed to satisfy constraint"],
    [untyped({ FunctionResponseTypes: ['All'] }), "Value '[All]' at 'functionResponseTypes' failed"],
    [untyped({ StartingPosition: 'HERE' }), "Value 'HERE' at 'startingPosition' failed"],
    [{ FilterCriteria: { Filters: [{ Pattern: '{' }] } }, 'Invalid filter pattern definition.'],
  ])('refuse %j with the words of AWS', (wrong, words) => {
    const settle = () => mappingSettings({ ...least, ...wrong });
    expect(settle).toThrow(InvalidOptionError);
    expect(settle).toThrow(words);
  });

  it('refuse a missing StartingPosition, and AT_TIMESTAMP (LS-SNAP: test_lambda_api)', () => {
    expect(() => mappingSettings({ ...least, ...untyped({ StartingPosition: undefined }) })).toThrow(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
    expect(() => mappingSettings({ ...least, ...untyped({ StartingPosition: 'AT_TIMESTAMP' }) })).toThrow(
      `Unsupported starting position for arn type: ${EventSourceArn}`,
    );
  });

  it.each<[string, Partial<EventSourceMappingOptions>]>([
    ['EventSourceArn', { EventSourceArn: 'arn:aws:dynamodb:us-east-1:0:table/Shop' }],
    ['invoke', untyped({ invoke: 'handler' })],
    ['FunctionName', { FunctionName: 'two words' }],
    ['BisectBatchOnFunctionError', untyped({ BisectBatchOnFunctionError: 'yes' })],
    ['Enabled', untyped({ Enabled: 1 })],
    ['timeoutMs', { timeoutMs: 900_001 }],
    ['pollIntervalMs', { pollIntervalMs: 0 }],
    ['shardDiscoveryIntervalMs', { shardDiscoveryIntervalMs: 0 }],
    ['retry.baseDelayMs', { retry: { baseDelayMs: -1 } }],
    ['retry.maxDelayMs', { retry: { baseDelayMs: 10, maxDelayMs: 9 } }],
  ])('refuse a wrong %s, and name it', (option, wrong) => {
    const settle = () => mappingSettings({ ...least, ...wrong });
    expect(settle).toThrow(InvalidOptionError);
    expect(settle).toThrow(`startEventSourceMapping: ${option} is `);
    expect(settle).toThrow('; allowed is ');
  });

  it.each([
    ['a FIFO queue', 'arn:aws:sqs:us-east-1:000000000000:letters.fifo', 'FIFO'],
    ['a FIFO topic', 'arn:aws:sns:us-east-1:000000000000:letters.fifo', 'FIFO'],
    ['Kafka', 'kafka://letters', 'is none'],
    ['a URL', 'https://sqs.us-east-1.amazonaws.com/000000000000/letters', 'is none'],
    ['an ARN that is too long', `arn:aws:sqs:us-east-1:000000000000:${'x'.repeat(350)}`, 'is none'],
  ])('refuse %s for a destination', (_, Destination, words) => {
    const options = { ...least, DestinationConfig: { OnFailure: { Destination } } };
    expect(() => mappingSettings(options)).toThrow(words);
  });

  it('take an empty destination for none, as AWS does', () => {
    const options = { ...least, DestinationConfig: { OnFailure: { Destination: '' } } };
    expect(mappingSettings(options).destination).toBeUndefined();
  });

  it('are checked before anything is started', async () => {
    await expect(startEventSourceMapping({ ...least, BatchSize: 0 })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });
});
