import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isList, isMap } from '../../src/cli/attribute-kind.ts';
import type { Difference, Path } from '../../src/cli/difference.ts';
import { differenceOf } from '../../src/cli/difference.ts';
import type { Attribute, Image } from '../../src/stream/attribute-value.ts';
import { decodeImage } from '../../src/stream/attribute-value.ts';
import { changedAttributes } from '../../src/stream/changed-attributes.ts';
import type { MarshalledImage } from '../../src/stream/record.ts';
import { anyItem } from '../stream/arbitrary-items.ts';

const eleven = Array.from({ length: 11 }, (_, index) => index);

describe('the difference between two images', () => {
  it.each<readonly [string, Image, Image, readonly Difference[]]>([
    ['nothing', { a: 1, b: ['x'] }, { b: ['x'], a: 1 }, []],
    ['a value', { a: 1 }, { a: 2 }, [{ kind: 'changed', path: ['a'], before: 1, after: 2 }]],
    ['a type', { a: 1 }, { a: '1' }, [{ kind: 'changed', path: ['a'], before: 1, after: '1' }]],
    ['a new attribute', {}, { a: null }, [{ kind: 'added', path: ['a'], after: null }]],
    ['an attribute less', { a: null }, {}, [{ kind: 'removed', path: ['a'], before: null }]],
    [
      'a value in a map',
      { a: { b: { c: 1, d: 2 } } },
      { a: { b: { c: 3, d: 2 } } },
      [{ kind: 'changed', path: ['a', 'b', 'c'], before: 1, after: 3 }],
    ],
    [
      'a map in place of a list',
      { a: [1] },
      { a: { 0: 1 } },
      [{ kind: 'changed', path: ['a'], before: [1], after: { 0: 1 } }],
    ],
    [
      'elements of a small list',
      { a: [1, 2, 3] },
      { a: [1, 5] },
      [
        { kind: 'changed', path: ['a', 1], before: 2, after: 5 },
        { kind: 'removed', path: ['a', 2], before: 3 },
      ],
    ],
    [
      'a large list as a whole',
      { a: eleven },
      { a: [0, ...eleven] },
      [{ kind: 'changed', path: ['a'], before: eleven, after: [0, ...eleven] }],
    ],
    ['not the order of a set', { a: new Set(['x', 'y']) }, { a: new Set(['y', 'x']) }, []],
    [
      'bytes',
      { a: new Uint8Array([1]) },
      { a: new Uint8Array([2]) },
      [{ kind: 'changed', path: ['a'], before: new Uint8Array([1]), after: new Uint8Array([2]) }],
    ],
    ['not equal bytes', { a: new Uint8Array([1]) }, { a: new Uint8Array([1]) }, []],
    [
      'in the order of names',
      { b: 1, a: 1 },
      { b: 2, a: 2 },
      [
        { kind: 'changed', path: ['a'], before: 1, after: 2 },
        { kind: 'changed', path: ['b'], before: 1, after: 2 },
      ],
    ],
    [
      'what objects inherit is no attribute',
      {},
      { toString: 1 },
      [{ kind: 'added', path: ['toString'], after: 1 }],
    ],
  ])('is %s', (_, before, after, expected) => {
    expect(differenceOf(before, after)).toEqual(expected);
  });

  it('finds an attribute called __proto__', () => {
    const withProto = (value: string) =>
      decodeImage(JSON.parse(`{"__proto__":{"S":${JSON.stringify(value)}}}`));
    expect(differenceOf(withProto('a'), withProto('b'))).toEqual([
      { kind: 'changed', path: ['__proto__'], before: 'a', after: 'b' },
    ]);
  });

  it('applied to the old image gives the new one', () => {
    fc.assert(
      fc.property(pairs, ({ before, after }) => {
        expect(differenceOf(before, after).reduce(apply, before)).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });

  it('is nothing between an image and itself', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const read = () => decodeImage(marshall(item));
        expect(differenceOf(read(), read())).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('begins at the attributes that the record itself tells to have changed', () => {
    fc.assert(
      fc.property(pairs, ({ before, after, marshalled }) => {
        const names = new Set(differenceOf(before, after).map(({ path }) => path[0]));
        expect([...names].sort()).toEqual(changedAttributes(...marshalled).toSorted());
      }),
      { numRuns: 500 },
    );
  });
});

/** Two images that have much in common, deep in them too. */
const pairs = fc.tuple(anyItem, anyItem, anyItem).map(([shared, one, other]) => {
  const items = [
    { ...shared, ...one, map: { ...shared, ...one }, list: [shared, one, 1] },
    { ...shared, ...other, map: { ...shared, ...other }, list: [{ ...shared, ...other }, one] },
  ] as const;
  const [oldItem, newItem] = items;
  const marshalled = [marshall(oldItem), marshall(newItem)] as unknown as [MarshalledImage, MarshalledImage];
  return { before: decodeImage(marshalled[0]), after: decodeImage(marshalled[1]), marshalled };
});

const apply = (image: Image, difference: Difference): Image => {
  const applied = put(image, difference.path, difference);
  if (!isMap(applied)) throw new Error('an image is a map');
  return applied;
};

function put(value: Attribute, [step, ...rest]: Path, difference: Difference): Attribute {
  const isHere = rest.length === 0;
  const next = (inner: Attribute | undefined): Attribute => {
    if (isHere && difference.kind !== 'removed') return difference.after;
    if (inner === undefined) throw new Error('the difference leads to nowhere');
    return put(inner, rest, difference);
  };
  if (isList(value) && typeof step === 'number') {
    if (isHere && difference.kind === 'removed') return value.slice(0, step);
    return [...value.slice(0, step), next(value[step]), ...value.slice(step + 1)];
  }
  if (!isMap(value) || typeof step !== 'string') throw new Error('the difference leads to nowhere');
  const others = Object.entries(value).filter(([name]) => name !== step);
  if (isHere && difference.kind === 'removed') return Object.fromEntries(others);
  return Object.fromEntries([...others, [step, next(Object.hasOwn(value, step) ? value[step] : undefined)]]);
}
