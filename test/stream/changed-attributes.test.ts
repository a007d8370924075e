import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeChanged, changedAttributes } from '../../src/stream/changed-attributes.ts';
import { toLambdaJson } from '../../src/stream/lambda-record.ts';
import type { MarshalledImage } from '../../src/stream/record.ts';
import { anyItem } from './arbitrary-items.ts';

const image = (json: string) => JSON.parse(json) as MarshalledImage;
const changed = (before: object, after: object) =>
  changedAttributes(before as MarshalledImage, after as MarshalledImage).toSorted();

describe('the changed attributes', () => {
  it('are those that were added, removed or given another value', () => {
    const before = { same: { S: 'x' }, removed: { N: '1' }, other: { S: 'old' }, type: { N: '1' } };
    const after = { same: { S: 'x' }, added: { BOOL: true }, other: { S: 'new' }, type: { S: '1' } };
    expect(changed(before, after)).toEqual(['added', 'other', 'removed', 'type']);
  });

  it.each([
    ['a text', { S: 'a' }, { S: 'a' }, false],
    ['a number', { N: '1' }, { N: '2' }, true],
    ['a number against the text of it', { N: '1' }, { S: '1' }, true],
    ['a boolean', { BOOL: false }, { BOOL: true }, true],
    ['null against an empty text', { NULL: true }, { S: '' }, true],
    ['a set in another order', { SS: ['a', 'b', 'c'] }, { SS: ['c', 'a', 'b'] }, false],
    ['a set of numbers in another order', { NS: ['10', '9'] }, { NS: ['9', '10'] }, false],
    ['a set of bytes in another order', { BS: ['AQ==', 'Ag=='] }, { BS: ['Ag==', 'AQ=='] }, false],
    ['a larger set', { SS: ['a'] }, { SS: ['a', 'b'] }, true],
    ['a set with another element', { SS: ['a', 'b'] }, { SS: ['a', 'c'] }, true],
    ['a set of texts against one of numbers', { SS: ['1'] }, { NS: ['1'] }, true],
    ['a list in another order', { L: [{ S: 'a' }, { S: 'b' }] }, { L: [{ S: 'b' }, { S: 'a' }] }, true],
    ['an equal list', { L: [{ S: 'a' }, { L: [] }] }, { L: [{ S: 'a' }, { L: [] }] }, false],
    [
      'a map in another order',
      { M: { a: { S: '1' }, b: { S: '2' } } },
      { M: { b: { S: '2' }, a: { S: '1' } } },
      false,
    ],
    ['a map with one name more', { M: { a: { S: '1' } } }, { M: { a: { S: '1' }, b: { S: '2' } } }, true],
    ['a map with another name', { M: { a: { S: '1' } } }, { M: { b: { S: '1' } } }, true],
    [
      'a change far inside',
      { M: { a: { L: [{ M: { b: { N: '1' } } }] } } },
      { M: { a: { L: [{ M: { b: { N: '2' } } }] } } },
      true,
    ],
    [
      'a set far inside in another order',
      { L: [{ M: { a: { SS: ['x', 'y'] } } }] },
      { L: [{ M: { a: { SS: ['y', 'x'] } } }] },
      false,
    ],
    [
      'a list in an attribute called SS',
      { M: { SS: { L: [{ S: 'a' }, { S: 'b' }] } } },
      { M: { SS: { L: [{ S: 'b' }, { S: 'a' }] } } },
      true,
    ],
    [
      'a map in an attribute called NS',
      { M: { NS: { M: { NS: { S: 'a' } } } } },
      { M: { NS: { M: { NS: { S: 'a' } } } } },
      false,
    ],
    ['a name that objects inherit', { M: { toString: { S: 'a' } } }, { M: { other: { S: 'a' } } }, true],
    ["the SDK's bytes", { B: new Uint8Array([1, 2]) }, { B: new Uint8Array([1, 2]) }, false],
    ["the SDK's other bytes", { B: new Uint8Array([1, 2]) }, { B: new Uint8Array([1, 3]) }, true],
    [
      "the SDK's set of bytes in another order",
      { BS: [new Uint8Array([1]), new Uint8Array([2])] },
      { BS: [new Uint8Array([2]), new Uint8Array([1])] },
      false,
    ],
  ])('compare %s', (_, before, after, differs) => {
    expect(changed({ a: before }, { a: after })).toEqual(differs ? ['a'] : []);
    expect(changed({ a: after }, { a: before })).toEqual(differs ? ['a'] : []);
  });

  it('Promise 5: count an attribute called __proto__ like any other', () => {
    const one = image('{"pk":{"S":"a"},"__proto__":{"S":"x"}}');
    const other = image('{"pk":{"S":"a"},"__proto__":{"S":"y"}}');
    const none = image('{"pk":{"S":"a"}}');
    expect(changedAttributes(one, other)).toEqual(['__proto__']);
    expect(changedAttributes(none, one)).toEqual(['__proto__']);
    expect(changedAttributes(one, none)).toEqual(['__proto__']);
    expect(changedAttributes(one, structuredClone(one))).toEqual([]);
    expect(attributeChanged(one, other, '__proto__')).toBe(true);
    expect(attributeChanged(none, none, '__proto__')).toBe(false);
    const inside = (value: string) => image(`{"m":{"M":{"__proto__":{"S":"${value}"}}}}`);
    expect(changedAttributes(inside('x'), inside('y'))).toEqual(['m']);
    expect(changedAttributes(inside('x'), image('{"m":{"M":{"other":{"S":"x"}}}}'))).toEqual(['m']);
  });

  it('are told one by one just as all together', () => {
    fc.assert(
      fc.property(anyItem, anyItem, (before, after) => {
        const [oldImage, newImage] = [before, after].map(
          (item) => toLambdaJson(marshall(item)) as MarshalledImage,
        );
        const names = new Set([...Object.keys(before), ...Object.keys(after), 'absent', 'toString']);
        const single = [...names].filter((name) => attributeChanged(oldImage ?? {}, newImage ?? {}, name));
        expect(single.toSorted()).toEqual(changed(oldImage ?? {}, newImage ?? {}));
      }),
    );
  });

  it('are none between an item and itself, and all between an item and nothing', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const marshalled = marshall(item);
        expect(changed(marshalled, structuredClone(marshalled))).toEqual([]);
        expect(changed({}, marshalled)).toEqual(Object.keys(item).toSorted());
        expect(changed(marshalled, {})).toEqual(Object.keys(item).toSorted());
      }),
    );
  });
});
