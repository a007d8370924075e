import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLambdaJson } from '../../src/stream/lambda-record.ts';
import { laneOf } from '../../src/stream/lane.ts';
import { readRecord } from '../../src/stream/read-record.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import { insertRecord, removeRecord } from '../../src/testing/index.ts';
import { anyText } from './arbitrary-items.ts';

const template = insertRecord({ id: 'a' });
const withKeys = (keys: object, table = 'Shop'): RawRecord => ({
  ...template,
  eventSourceARN: `arn:aws:dynamodb:us-east-1:1:table/${table}/stream/l`,
  dynamodb: { ...template.dynamodb, Keys: keys as never },
});
const lane = (keys: object, table?: string) => laneOf(readRecord(withKeys(keys, table)));

/** DynamoDB's keys are texts, numbers and bytes. */
const keyValue = fc.oneof(
  anyText,
  fc.constantFrom('"', '\\', ' ', '#', '{"S":"x"}', 'a b', 'pk {"S":"'),
  fc.maxSafeInteger(),
  fc.uint8Array({ maxLength: 4 }),
);
const simple = fc.record({ pk: keyValue });
const composite = fc.record({ pk: keyValue, sk: keyValue });
const marshalled = (key: Readonly<Record<string, unknown>>) => marshall(key);
const identity = (key: Readonly<Record<string, unknown>>) => JSON.stringify(toLambdaJson(marshalled(key)));

describe('a lane', () => {
  it('Promise 2: is the same for one item whatever the order of its key attributes, and in both shapes of a record', () => {
    fc.assert(
      fc.property(composite, (key) => {
        const { pk, sk } = marshalled(key);
        const name = lane({ pk, sk });
        expect(lane({ sk, pk })).toBe(name);
        expect(lane(JSON.parse(JSON.stringify(toLambdaJson({ sk, pk }))) as object)).toBe(name);
      }),
    );
  });

  it('Promise 2: is the same for every change of an item', () => {
    const item = { pk: 'ORDER#1', sk: 'SUMMARY' };
    const lanes = [insertRecord(item), insertRecord({ ...item, total: 1 }), removeRecord(item)].map(
      (record) => laneOf(readRecord(record)),
    );
    expect(new Set(lanes).size).toBe(1);
  });

  it('is another one for another item', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(simple, simple), fc.tuple(composite, composite)), ([one, other]) => {
        expect(lane(marshalled(one)) === lane(marshalled(other))).toBe(identity(one) === identity(other));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['a text and the number it spells', { pk: { S: '1' } }, { pk: { N: '1' } }],
    ['a text and bytes', { pk: { S: 'AQ==' } }, { pk: { B: 'AQ==' } }],
    ['values that swap places', { pk: { S: 'a' }, sk: { S: 'b' } }, { pk: { S: 'b' }, sk: { S: 'a' } }],
    [
      'a value that ends with the next one',
      { pk: { S: 'a b' }, sk: { S: 'c' } },
      { pk: { S: 'a' }, sk: { S: 'b c' } },
    ],
    [
      'a value that looks like the rest of a lane',
      { pk: { S: 'a sk Sb' }, sk: { S: 'c' } },
      { pk: { S: 'a' }, sk: { S: 'b sk Sc' } },
    ],
    ['a value that quotes', { pk: { S: '"a' }, sk: { S: 'b' } }, { pk: { S: 'a' }, sk: { S: '"b' } }],
  ])('tells %s apart', (_, one, other) => {
    expect(lane(one)).not.toBe(lane(other));
  });

  it('is another one in another table', () => {
    expect(lane({ pk: { S: 'a' } }, 'Shop')).not.toBe(lane({ pk: { S: 'a' } }, 'Archive'));
  });
});
