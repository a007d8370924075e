import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../src/local/back-off.ts';
import type { BatchRecord } from '../../src/local/batch.ts';
import { countForBatch, eventJson, maximumPayloadBytes, toBatchRecord } from '../../src/local/batch.ts';

const sized = (sizeBytes: number): BatchRecord => ({
  sequenceNumber: '1',
  arrivedAt: new Date(0),
  json: '{}',
  sizeBytes,
});

describe('how many records go into a batch', () => {
  it('is all of them below the batch size', () => {
    expect(countForBatch([sized(10), sized(10)], 3)).toBe(2);
  });

  it('is never more than the batch size', () => {
    expect(countForBatch([sized(10), sized(10), sized(10)], 2)).toBe(2);
  });

  it('is as many as the payload of an invocation holds', () => {
    const third = Math.floor(maximumPayloadBytes / 3);
    expect(countForBatch([sized(third), sized(third), sized(third), sized(10)], 100)).toBe(2);
  });

  it('is one for a record that is too large by itself: it must not block the shard unseen', () => {
    expect(countForBatch([sized(maximumPayloadBytes), sized(10)], 100)).toBe(1);
  });

  it('is none of none', () => {
    expect(countForBatch([], 100)).toBe(0);
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

  it("is Lambda's, in JSON", () => {
    const json = eventJson([toBatchRecord(record, 'arn'), toBatchRecord(record, 'arn')]);
    const lambdaRecord = {
      eventID: 'e',
      dynamodb: {
        SequenceNumber: '7',
        ApproximateCreationDateTime: 1_700_000_000,
        Keys: { pk: { S: 'ü' } },
      },
      eventSourceARN: 'arn',
    };
    expect(JSON.parse(json)).toEqual({ Records: [lambdaRecord, lambdaRecord] });
    expect(JSON.parse(eventJson([]))).toEqual({ Records: [] });
  });

  it('is measured in bytes, not in characters', () => {
    const { json, sizeBytes } = toBatchRecord(record, 'arn');
    expect(sizeBytes).toBe(json.length + 1);
  });

  it('cannot be made of a record without a sequence number', () => {
    expect(() => toBatchRecord({ eventID: 'e' }, 'arn')).toThrow('Record e of arn has no sequence number.');
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
