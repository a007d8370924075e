/**
 * What was recorded on AWS itself. Each test names its source: LS-SNAP are the snapshots that the authors of LocalStack
 * took of AWS (tests/aws/services/lambda_/event_source_mapping), for DynamoDB Streams unless Kinesis is named.
 */
import { describe, expect, it } from 'vitest';
import type { FilterCriteria } from '../../../src/local/index.ts';
import { runScripted } from '../run-scripted.ts';
import type { ScriptedRecord } from '../scripted-streams.ts';
import { scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { failedFrom, sequenceNumberOf } from '../shop.ts';
import { virtualClock } from '../virtual-clock.ts';

const oneShard = (...records: readonly ScriptedRecord[]) => streamsOf([{ shardId: 'shard', records }]);

describe('AWS-validated: a response of one record', () => {
  it.each([
    ['an empty list', []],
    ['null', null],
    ['an empty object', {}],
    ['no failures', { batchItemFailures: [] }],
    ['null for failures', { batchItemFailures: null }],
    ['an empty text (Kinesis)', ''],
  ])('is a complete success: %s (LS-SNAP)', async (_, response) => {
    const { mapping, batches, pointers } = await runScripted(oneShard(1), {
      clock: virtualClock(),
      MaximumRetryAttempts: 1,
      invoke: () => response,
    });
    await mapping.untilCaughtUp();
    expect([batches, pointers]).toEqual([[['1']], []]);
  });

  it.each([
    ['an identifier that is a number', { batchItemFailures: [{ itemIdentifier: 123 }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['another key', { batchItemFailures: [{ foo: 123 }] }],
    ['another key with null', { batchItemFailures: [{ foo: null }] }],
  ])('is a complete failure: %s (LS-SNAP)', async (_, response) => {
    const { mapping, batches, pointers } = await runScripted(oneShard(1), {
      clock: virtualClock(),
      MaximumRetryAttempts: 1,
      invoke: () => response,
    });
    await mapping.untilCaughtUp();
    expect(batches).toEqual([['1'], ['1']]);
    expect(pointers).toMatchObject([
      { requestContext: { approximateInvokeCount: 2 }, responseContext: { functionError: null } },
    ]);
  });

  it('is a complete failure if the function throws (LS-SNAP)', async () => {
    const { mapping, pointers } = await runScripted(oneShard(1), {
      clock: virtualClock(),
      MaximumRetryAttempts: 1,
      invoke: () => Promise.reject(new Error('no')),
    });
    await mapping.untilCaughtUp();
    expect(pointers).toMatchObject([{ responseContext: { functionError: 'Unhandled' } }]);
  });
});

describe('AWS-validated: giving up', () => {
  it.each([
    [1, 2],
    [3, 4],
  ])('%i retries make approximateInvokeCount %i (LS-SNAP)', async (MaximumRetryAttempts, invocations) => {
    const { mapping, batches, pointers } = await runScripted(oneShard(1), {
      clock: virtualClock(),
      MaximumRetryAttempts,
      invoke: () => Promise.reject(new Error('no')),
    });
    await mapping.untilCaughtUp();
    expect(batches).toHaveLength(invocations);
    expect(pointers[0]?.requestContext).toMatchObject({
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: invocations,
    });
  });

  it('a record that fails behind progress is delivered five times for three retries (LS-SNAP)', async () => {
    const { mapping, batches, pointers } = await runScripted(oneShard(1, 2, 3, 4, 5, 6), {
      clock: virtualClock(),
      BatchSize: 3,
      MaximumRetryAttempts: 3,
      invoke: ({ Records }) => failedFrom(Records.find((record) => sequenceNumberOf(record) === '6')),
    });
    await mapping.untilCaughtUp();
    expect(batches.filter((batch) => batch.includes('6'))).toEqual([
      ['4', '5', '6'],
      ['6'],
      ['6'],
      ['6'],
      ['6'],
    ]);
    expect(pointers).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 4 },
        responseContext: { functionError: null },
        DDBStreamBatchInfo: { startSequenceNumber: '6', endSequenceNumber: '6', batchSize: 1 },
      },
    ]);
  });

  it('by age drops the expired prefix alone, without a responseContext (LS-SNAP, Kinesis)', async () => {
    const { mapping, batches, pointers } = await runScripted(
      oneShard({ n: 1, second: 0 }, { n: 2, second: 50 }, { n: 3, second: 50 }),
      {
        clock: virtualClock(55_000),
        MaximumRecordAgeInSeconds: 60,
        retry: { baseDelayMs: 1_000, maxDelayMs: 1_000 },
        random: () => 0.5,
        invoke: ({ Records }) => (Records.length === 3 ? Promise.reject(new Error('no')) : null),
      },
    );
    await mapping.untilCaughtUp();
    expect(batches.at(-1)).toEqual(['2', '3']);
    expect(batches.slice(0, -1).every((batch) => batch.length === 3)).toBe(true);
    expect(pointers).toHaveLength(1);
    expect(pointers[0]).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: batches.length - 1 },
      DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '1', batchSize: 1 },
    });
    expect(pointers[0]).not.toHaveProperty('responseContext');
  });

  it('for age before any invocation tells of one (LS-SNAP, Kinesis)', async () => {
    const { mapping, batches, pointers } = await runScripted(oneShard(1), {
      clock: virtualClock(3_600_000),
      MaximumRecordAgeInSeconds: 60,
    });
    await mapping.untilCaughtUp();
    expect(batches).toEqual([]);
    expect(pointers).toMatchObject([
      { requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 } },
    ]);
  });
});

describe('AWS-validated: the pointer', () => {
  const pointerOf = async (invoke: () => unknown) => {
    const { mapping, pointers } = await runScripted(oneShard({ n: 1, second: 1_700_000_000 }), {
      clock: virtualClock(1_700_000_000_000),
      MaximumRetryAttempts: 1,
      invoke,
    });
    await mapping.untilCaughtUp();
    return pointers[0];
  };

  it('has these keys and no others; DynamoDB tells arrivals to the second, the pointer itself to the millisecond (LS-SNAP)', async () => {
    const pointer = await pointerOf(() => Promise.reject(new Error('no')));
    expect(pointer).toEqual({
      requestContext: {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        functionArn: expect.stringMatching(/^arn:aws:lambda:[^:]+:\d{12}:function:/) as string,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      DDBStreamBatchInfo: {
        shardId: 'shard',
        startSequenceNumber: '1',
        endSequenceNumber: '1',
        approximateArrivalOfFirstRecord: '2023-11-14T22:13:20Z',
        approximateArrivalOfLastRecord: '2023-11-14T22:13:20Z',
        batchSize: 1,
        streamArn: expect.stringMatching(/^arn:aws:dynamodb:/) as string,
      },
    });
  });

  it('has the key functionError with null if the function answered (LS-SNAP)', async () => {
    const pointer = await pointerOf(() => ({ batchItemFailures: [{ itemIdentifier: '1' }] }));
    expect(pointer?.responseContext).toEqual({
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: null,
    });
  });
});

describe('AWS-validated: a filter', () => {
  const record = {
    n: 1,
    second: 1_700_000_000,
    newImage: { amount: { N: '300' }, attr: { S: 'there' } },
  };
  const image = (pattern: unknown) => ({ dynamodb: { NewImage: pattern } });

  it.each<[string, unknown, boolean]>([
    ['eventName', { eventName: ['INSERT'] }, true],
    ['another eventName', { eventName: ['REMOVE'] }, false],
    ['eventSource', { eventSource: ['aws:dynamodb'] }, true],
    ['numeric on N, which is a string', image({ amount: { N: [{ numeric: ['>', 0] }] } }), false],
    ['equality on the string of N', image({ amount: { N: ['300'] } }), true],
    [
      'numeric on ApproximateCreationDateTime',
      { dynamodb: { ApproximateCreationDateTime: [{ numeric: ['>', 0] }] } },
      true,
    ],
    ['exists: true on a branch', image({ attr: [{ exists: true }] }), false],
    ['exists: true on a leaf', image({ attr: { S: [{ exists: true }] } }), true],
    ['exists: false on a branch that is there', image({ attr: [{ exists: false }] }), true],
    ['exists: false on a branch that is not', image({ other: [{ exists: false }] }), true],
  ])('%s (LS-SNAP)', async (_, pattern, passes) => {
    const FilterCriteria: FilterCriteria = { Filters: [{ Pattern: JSON.stringify(pattern) }] };
    const { mapping, batches, counts } = await runScripted(oneShard(record), {
      clock: virtualClock(),
      FilterCriteria,
    });
    await mapping.untilCaughtUp();
    expect(batches).toEqual(passes ? [['1']] : []);
    expect(counts.metrics().FilteredOutEventCount).toBe(passes ? 0 : 1);
    expect(mapping.checkpoints()).toEqual({ shard: { kind: 'after', sequenceNumber: '1' } });
  });

  it('may be none at all: Filters: [] is accepted (LS-SNAP)', async () => {
    const { mapping, batches } = await runScripted(oneShard(record), {
      clock: virtualClock(),
      FilterCriteria: { Filters: [] },
    });
    await mapping.untilCaughtUp();
    expect(batches).toEqual([['1']]);
  });
});

describe('AWS-validated: the event', () => {
  it('has eventVersion 1.1, and a number of epoch seconds (LS-SNAP)', async () => {
    const events: unknown[] = [];
    const { mapping } = await runScripted(oneShard({ n: 1, second: 1_700_000_000 }), {
      clock: virtualClock(),
      invoke: (event) => void events.push(event),
    });
    await mapping.untilCaughtUp();
    expect(events).toMatchObject([
      {
        Records: [
          {
            eventVersion: '1.1',
            eventSource: 'aws:dynamodb',
            dynamodb: { ApproximateCreationDateTime: 1_700_000_000 },
          },
        ],
      },
    ]);
  });
});
