import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint, SettledWork } from '../../src/idempotency/checkpoint-data.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/idempotency/checkpoint-data.ts';
import type { SettledAs } from '../../src/idempotency/entry.ts';

const anySettled: fc.Arbitrary<SettledWork> = fc
  .array(
    fc.tuple(
      fc.bigInt({ min: 0n, max: 10n ** 40n - 1n }),
      fc.array(
        fc.tuple(
          fc.oneof(fc.constant(null), fc.constantFrom('__proto__', ''), fc.string({ unit: 'binary' })),
          fc.constantFrom<SettledAs>('handled', 'dead-lettered'),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    ),
    { maxLength: 30 },
  )
  .map((records) => new Map(records.map(([number, routes]) => [number, new Map(routes)])));
const anyCheckpoint: fc.Arbitrary<Checkpoint> = fc.oneof(
  anySettled.map((settled): Checkpoint => ({ kind: 'home', settled })),
  fc.record({
    kind: fc.constant('pointer' as const),
    home: fc.stringMatching(/^\d{1,40}$/),
    settled: anySettled,
  }),
);

/** A batch of 24-digit numbers, as far from each other as those of a busy shard. */
const batch = (records: number, routes: number, settledAs: (at: number) => SettledAs | undefined) => {
  let number = 400_000_000_000_123_456_789_012n;
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647);
  const settled = new Map<bigint, Map<string, SettledAs>>();
  for (let record = 0; record < records; record += 1) {
    number += BigInt(random()) * 1_000n;
    const of = new Map<string, SettledAs>();
    for (let route = 0; route < routes; route += 1) {
      const as = settledAs(random());
      if (as !== undefined) of.set(`route-number-${route}`, as);
    }
    settled.set(number, of);
  }
  return settled;
};
const sizeOf = (settled: SettledWork) => encodeCheckpoint({ kind: 'home', settled }).byteLength;

describe('the data of a checkpoint', () => {
  it('Promise 4: is read as it was written, number by number', () => {
    fc.assert(
      fc.property(anyCheckpoint, (checkpoint) => {
        const decoded = decodeCheckpoint(encodeCheckpoint(checkpoint));
        expect(decoded).toEqual(checkpoint);
      }),
      { numRuns: 1_000 },
    );
  });

  it('fits into an item: 10,000 records of 3 and of 20 routes, and the worst of them', () => {
    expect(sizeOf(batch(10_000, 3, () => 'handled'))).toBeLessThan(80_000);
    expect(sizeOf(batch(10_000, 20, () => 'handled'))).toBeLessThan(80_000);
    const worst = batch(
      10_000,
      20,
      (at) => [undefined, 'handled' as const, 'dead-lettered' as const][at % 3],
    );
    expect(sizeOf(worst)).toBeLessThan(250_000);
    expect(sizeOf(batch(100, 3, () => 'handled'))).toBeLessThan(1_000);
  });

  const packed = (value: unknown) => deflateRawSync(JSON.stringify(value));
  it.each([
    ['nothing', undefined],
    ['text', 'dead-lettered'],
    ['bytes of something else', new Uint8Array([1, 2, 3])],
    ['no bytes', new Uint8Array()],
    [
      'a part of one',
      encodeCheckpoint({ kind: 'home', settled: batch(10, 1, () => 'handled') }).subarray(0, 40),
    ],
    ['null', packed(null)],
    ['a later version', packed({ v: 2, as: [], at: [] })],
    ['no version', packed({ as: [], at: [] })],
    ['no lists', packed({ v: 1 })],
    ['a pointer to nowhere', packed({ v: 1, home: 'x', as: [], at: [] })],
    ['an unknown settlement', packed({ v: 1, as: [['a', 'done']], at: [] })],
    ['a settlement that is not named', packed({ v: 1, as: [], at: [[[0], '1']] })],
    ['numbers that are none', packed({ v: 1, as: [['a', 'handled']], at: [[[0], '1,-1']] })],
    ['no numbers', packed({ v: 1, as: [['a', 'handled']], at: [[[0]]] })],
  ])('Promise 8: is refused if it is %s', (_, data) => {
    expect(() => decodeCheckpoint(data)).toThrow(Error);
  });
});
