import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLambdaJson, toLambdaRecord } from '../../src/stream/lambda-record.ts';
import { laneOf } from '../../src/stream/lane.ts';
import { LazyChange } from '../../src/stream/lazy-change.ts';
import { readRecord } from '../../src/stream/read-record.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import { anyItem } from './arbitrary-items.ts';

const eventSourceArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';

/** A record as the SDK's `GetRecords` gives it: dates, bytes, capitals in `userIdentity`, no ARN. */
const fromStreamsApi: StreamsApiRecord = {
  eventID: 'c9fbe7d0261a5163fcb6940593e41797',
  eventName: 'REMOVE',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'us-east-1',
  dynamodb: {
    ApproximateCreationDateTime: new Date('2026-01-01T00:00:05Z'),
    Keys: { pk: { S: 'CART#1' }, sk: { B: new Uint8Array([0, 255]) } },
    OldImage: {
      pk: { S: 'CART#1' },
      sk: { B: new Uint8Array([0, 255]) },
      thumbnails: { BS: [new Uint8Array([1]), new Uint8Array([2, 3])] },
      deep: { L: [{ M: { bytes: { B: new TextEncoder().encode('bytes') } } }] },
      total: { N: '9007199254740993' },
    },
    SequenceNumber: '4421584500000000017450439091',
    SizeBytes: 59,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
  userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
};

const changeOf = (raw: RawRecord) =>
  new LazyChange(readRecord(raw, { eventSourceArn }), 'NEW_AND_OLD_IMAGES');

/** All that a handler can see of a change but `raw`. */
function seen(raw: RawRecord) {
  const change = changeOf(raw);
  const { eventName, keys, newImage, oldImage, changed, expired, table, region } = change;
  const { eventId, sequenceNumber, createdAt, sizeBytes } = change;
  return {
    facts: { eventName, table, region, eventSourceArn: change.eventSourceArn, eventId, sequenceNumber },
    contents: { keys, newImage, oldImage, changed, expired, createdAt, sizeBytes },
    lane: laneOf(readRecord(raw, { eventSourceArn })),
  };
}

describe("a record of the Streams API in Lambda's shape", () => {
  it('is the JSON that Lambda hands over', () => {
    expect(JSON.parse(JSON.stringify(toLambdaRecord(fromStreamsApi, { eventSourceArn })))).toEqual({
      eventID: 'c9fbe7d0261a5163fcb6940593e41797',
      eventName: 'REMOVE',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: 1_767_225_605,
        Keys: { pk: { S: 'CART#1' }, sk: { B: 'AP8=' } },
        OldImage: {
          pk: { S: 'CART#1' },
          sk: { B: 'AP8=' },
          thumbnails: { BS: ['AQ==', 'AgM='] },
          deep: { L: [{ M: { bytes: { B: 'Ynl0ZXM=' } } }] },
          total: { N: '9007199254740993' },
        },
        SequenceNumber: '4421584500000000017450439091',
        SizeBytes: 59,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      eventSourceARN: eventSourceArn,
    });
  });

  it('has no user identity if it had none', () => {
    const { eventID = '', dynamodb = {} } = fromStreamsApi;
    expect(toLambdaRecord({ eventID, dynamodb }, { eventSourceArn })).not.toHaveProperty('userIdentity');
  });

  it('leaves the record as it came', () => {
    const before = structuredClone(fromStreamsApi);
    toLambdaRecord(fromStreamsApi, { eventSourceArn });
    expect(fromStreamsApi).toEqual(before);
  });

  it('writes just the bytes of a view into a larger buffer', () => {
    const view = new Uint8Array([9, 9, 1, 2, 9]).subarray(2, 4);
    expect(toLambdaJson({ B: view })).toEqual({ B: 'AQI=' });
  });

  it('Promise 5: keeps an attribute called __proto__ as an attribute', () => {
    const image = JSON.parse('{"pk":{"S":"a"},"__proto__":{"M":{"__proto__":{"B":"AP8="}}}}') as object;
    const raw = toLambdaRecord(
      { ...fromStreamsApi, dynamodb: { ...fromStreamsApi.dynamodb, OldImage: image as never } },
      { eventSourceArn },
    );
    const { oldImage } = changeOf(JSON.parse(JSON.stringify(raw)) as RawRecord);
    expect(JSON.stringify(oldImage)).toContain('"__proto__":{"__proto__":');
    expect(Object.getPrototypeOf(oldImage)).toBe(Object.prototype);
  });
});

describe("Lambda's record and the Streams API's record of one change", () => {
  it('Promise 5: decode to the same change', () => {
    const fromLambda = JSON.parse(
      JSON.stringify(toLambdaRecord(fromStreamsApi, { eventSourceArn })),
    ) as RawRecord;
    const direct = seen(fromStreamsApi as unknown as RawRecord);
    expect(seen(fromLambda)).toEqual(direct);
    expect(direct.contents).toMatchObject({
      expired: true,
      keys: { pk: 'CART#1', sk: new Uint8Array([0, 255]) },
      createdAt: new Date('2026-01-01T00:00:05Z'),
      oldImage: {
        thumbnails: new Set([new Uint8Array([1]), new Uint8Array([2, 3])]),
        total: 9_007_199_254_740_993n,
      },
    });
  });

  it('Promise 5: decode to the same change, whatever the items', () => {
    fc.assert(
      fc.property(anyItem, anyItem, fc.boolean(), (oldItem, newItem, isSame) => {
        const newImage = marshall(isSame ? oldItem : newItem);
        const record: StreamsApiRecord = {
          ...fromStreamsApi,
          eventName: 'MODIFY',
          dynamodb: { ...fromStreamsApi.dynamodb, OldImage: marshall(oldItem), NewImage: newImage },
        };
        const fromLambda = JSON.parse(
          JSON.stringify(toLambdaRecord(record, { eventSourceArn })),
        ) as RawRecord;
        const direct = seen(record as unknown as RawRecord);
        expect(seen(fromLambda)).toEqual(direct);
        expect(direct.contents.newImage).toEqual(isSame ? oldItem : newItem);
        if (isSame) expect(direct.contents.changed).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
