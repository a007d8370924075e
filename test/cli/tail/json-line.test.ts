import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine } from '../../../src/cli/tail/json-line.ts';
import { decodeChange } from '../../../src/cli/tail/seen-change.ts';
import { readRecord } from '../../../src/stream/read-record.ts';
import { anyItem } from '../../stream/arbitrary-items.ts';
import { changeOf, recordOf } from './changes.ts';
import { reviveMap } from './revive-json.ts';

const all = { keysOnly: false };
type Line = Readonly<Record<'newImage' | 'oldImage', Readonly<Record<string, unknown>>>>;
const parsed = (line: string) => JSON.parse(line) as Line;

describe('a line of JSON', () => {
  it('has these fields', () => {
    const change = changeOf('MODIFY', {
      keys: { pk: 'ORDER#1', n: 7 },
      oldImage: { status: 'placed', raw: new Uint8Array([255]) },
      newImage: { status: 'paid', tags: new Set(['x']), big: 12_345_678_901_234_567_890n },
    });
    expect(JSON.parse(jsonLine(change, all))).toEqual({
      table: 'Shop',
      eventName: 'MODIFY',
      keys: { pk: 'ORDER#1', n: 7 },
      newImage: {
        pk: 'ORDER#1',
        n: 7,
        status: 'paid',
        tags: { $set: ['x'] },
        big: { $number: '12345678901234567890' },
      },
      oldImage: { pk: 'ORDER#1', n: 7, status: 'placed', raw: { $binary: '/w==' } },
      changed: ['status', 'raw', 'tags', 'big'],
      createdAt: '2026-01-01T00:00:05.250Z',
      sequenceNumber: '4421584500000000017450439091',
      shardId: 'shardId-1',
      eventId: 'c9fbe7d0261a5163fcb6940593e41797',
    });
  });

  it('tells of a REMOVE whether it was by time to live', () => {
    const line = (expired: boolean) => jsonLine(changeOf('REMOVE', { oldImage: {}, expired }), all);
    expect(JSON.parse(line(true))).toMatchObject({ expired: true });
    expect(JSON.parse(line(false))).toMatchObject({ expired: false });
  });

  it('leaves out what the view does not have', () => {
    expect(Object.keys(parsed(jsonLine(changeOf('MODIFY', { newImage: {} }), all)))).not.toContain(
      'oldImage',
    );
  });

  it('leaves out a time that the record does not tell', () => {
    const record = recordOf('INSERT', {});
    delete record.dynamodb?.ApproximateCreationDateTime;
    const change = decodeChange(readRecord(record), 'shardId-1');
    expect(JSON.parse(jsonLine(change, all))).not.toHaveProperty('createdAt');
  });

  it('has no images and no values but keys if that is asked for', () => {
    const line = jsonLine(changeOf('MODIFY', { oldImage: { a: 'secret' }, newImage: { a: 'other' } }), {
      keysOnly: true,
    });
    expect(line).not.toMatch(/secret|other|Image/);
    expect(JSON.parse(line)).toMatchObject({ keys: { pk: 'a' }, changed: ['a'] });
  });

  it.each(['$binary', '$set', '$number', '$map'])('does not mistake a map with the name %s', (name) => {
    const item = {
      map: { [name]: 'text' },
      both: { [name]: 'a', other: 'b' },
      deep: { $map: { [name]: ['x'] } },
    };
    const { newImage } = parsed(jsonLine(changeOf('INSERT', { newImage: item }), all));
    expect(reviveMap(newImage)).toEqual({ pk: 'a', ...item });
  });

  it('holds the exact data, whatever the items', () => {
    fc.assert(
      fc.property(anyItem, anyItem, (oldItem, newItem) => {
        const change = changeOf('MODIFY', { oldImage: oldItem, newImage: newItem });
        const line = jsonLine(change, all);
        const { newImage, oldImage } = parsed(line);
        expect(reviveMap(newImage)).toEqual(change.newImage);
        expect(reviveMap(oldImage)).toEqual(change.oldImage);
        // eslint-disable-next-line no-control-regex -- none may be there
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
      { numRuns: 500 },
    );
  });
});
