import { describe, expect, it } from 'vitest';
import { maximumPayloadBytes } from '../../../src/local/function/invocation.ts';
import { backOffMs } from '../../../src/local/mapping/back-off.ts';
import type { BatchRecord } from '../../../src/local/mapping/batch.ts';
import { sift } from '../../../src/local/mapping/batch.ts';
import type { BatchLimits } from '../../../src/local/mapping/cut-batch.ts';
import { cutBatch, eventJson } from '../../../src/local/mapping/cut-batch.ts';

const sized = (sizeBytes: number, second = 0): BatchRecord => ({
  sequenceNumber: '1',
  item: 'a',
  arrivedAt: new Date(second * 1_000),
  json: '{}',
  sizeBytes,
});
const limits = (batchSize: number, more: Partial<BatchLimits> = {}): BatchLimits => ({
  batchSize,
  reservedBytes: 0,
  tumblingWindowMs: undefined,
  ...more,
});

describe('how many records go into a batch', () => {
  it('is all of them below the batch size, and it is not full', () => {
    expect(cutBatch([sized(10), sized(10)], limits(3))).toEqual({ count: 2, isFull: false });
  });

  it('is never more than the batch size', () => {
    expect(cutBatch([sized(10), sized(10), sized(10)], limits(2))).toEqual({ count: 2, isFull: true });
    expect(cutBatch([sized(10), sized(10)], limits(2))).toEqual({ count: 2, isFull: true });
  });

  it('is as many as the payload of an invocation holds, what stands beside the records included', () => {
    const third = Math.floor(maximumPayloadBytes / 3);
    const waiting = [sized(third), sized(third), sized(third), sized(10)];
    expect(cutBatch(waiting, limits(100))).toEqual({ count: 2, isFull: true });
    expect(cutBatch(waiting, limits(100, { reservedBytes: third }))).toEqual({ count: 1, isFull: true });
  });

  it('is one for a record that is too large by itself: it must not block the shard unseen', () => {
    expect(cutBatch([sized(maximumPayloadBytes), sized(10)], limits(100))).toEqual({
      count: 1,
      isFull: true,
    });
  });

  it('ends where a tumbling window ends', () => {
    const waiting = [sized(1, 58), sized(1, 59), sized(1, 60)];
    expect(cutBatch(waiting, limits(100, { tumblingWindowMs: 60_000 }))).toEqual({ count: 2, isFull: true });
    expect(cutBatch(waiting, limits(100, { tumblingWindowMs: 120_000 }))).toEqual({
      count: 3,
      isFull: false,
    });
  });

  it('is none of none', () => {
    expect(cutBatch([], limits(100))).toEqual({ count: 0, isFull: false });
  });
});

describe('the event', () => {
  const record = {
    eventID: 'e',
    dynamodb: {
      SequenceNumber: '7',
      ApproximateCreationDateTime: new Date(1_700_000_000_000),
      Keys: { pk: { S: 'ü' } },
    },
  };
  const sieve = {
    streamArn: 'arn',
    passes: () => true,
    mapRecord: <Same>(same: Same) => same,
    clock: { now: () => 1_800_000_000_000 },
  };
  const wanted = () => {
    const sifted = sift(record, sieve);
    if (sifted.kind === 'filtered') throw new Error('no filter was given');
    return sifted.record;
  };

  it("is Lambda's, in JSON", () => {
    const lambdaRecord = {
      eventID: 'e',
      dynamodb: {
        SequenceNumber: '7',
        ApproximateCreationDateTime: 1_700_000_000,
        Keys: { pk: { S: 'ü' } },
      },
      eventSourceARN: 'arn',
    };
    expect(JSON.parse(eventJson([wanted(), wanted()]))).toEqual({ Records: [lambdaRecord, lambdaRecord] });
    expect(JSON.parse(eventJson([]))).toEqual({ Records: [] });
    expect(JSON.parse(eventJson([], '{"state":{}}'))).toEqual({ Records: [], state: {} });
  });

  it('is measured in bytes, not in characters', () => {
    const { json, sizeBytes } = wanted();
    expect(sizeBytes).toBe(json.length + 1);
  });

  it('is filtered as Lambda would send it: with the ARN, the base64 and the epoch seconds that it adds', () => {
    const seen: unknown[] = [];
    const sifted = sift(record, {
      ...sieve,
      passes: (one) => {
        seen.push(one);
        return false;
      },
    });
    expect(sifted).toEqual({ kind: 'filtered', sequenceNumber: '7' });
    expect(seen).toMatchObject([
      { eventSourceARN: 'arn', dynamodb: { ApproximateCreationDateTime: 1_700_000_000 } },
    ]);
  });

  it('has arrived when it was read, if the stream does not say when it was written', () => {
    const sifted = sift({ dynamodb: { SequenceNumber: '7', Keys: {} } }, sieve);
    expect(sifted).toMatchObject({ record: { arrivedAt: new Date(1_800_000_000_000) } });
  });

  it('cannot be made of a record whose sequence number mapRecord has changed', () => {
    const changing = { ...sieve, mapRecord: () => ({ dynamodb: { SequenceNumber: '8' } }) };
    expect(() => sift(record, changing)).toThrow('mapRecord changed the sequence number of record 7');
  });

  it('cannot be made of a record without a sequence number', () => {
    expect(() => sift({ eventID: 'e' }, sieve)).toThrow('Record e of arn has no sequence number.');
  });
});

describe('the wait between two tries', () => {
  it('doubles, and stays at its limit', () => {
    const waits = [1, 2, 3, 4, 5, 2_000].map((failures) =>
      backOffMs({ baseDelayMs: 100, maxDelayMs: 1_000 }, failures, 0.5),
    );
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is spread from one half to one and a half', () => {
    const policy = { baseDelayMs: 100, maxDelayMs: 1_000 };
    expect([0, 0.999].map((random) => backOffMs(policy, 1, random))).toEqual([50, 150]);
  });
});
