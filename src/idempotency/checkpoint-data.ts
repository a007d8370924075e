import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isSequenceNumber } from '../stream/sequence-number.ts';
import type { Entry, SettledAs } from './entry.ts';

/** How each route of a record was settled, by the number of the record. Nothing is said of what is not in it. */
export type SettledWork = ReadonlyMap<bigint, ReadonlyMap<string | null, SettledAs>>;

/** What is remembered under a record's number. */
export type Checkpoint =
  /** A batch may begin here, and this is what it needs. */
  | { readonly kind: 'home'; readonly settled: SettledWork }
  /** A batch ended here. What it has settled is in the home under its first record; `settled` is what it began with. */
  | { readonly kind: 'pointer'; readonly home: string; readonly settled: SettledWork };

const version = 1;

/**
 * Records are grouped by what was settled of them, and each group holds the distances between its numbers: most batches
 * are one group of small numbers. Numbers stay exact and one by one, for between two of them there may be records that
 * were never seen.
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const home = checkpoint.kind === 'pointer' ? checkpoint.home : undefined;
  return deflateRawSync(JSON.stringify({ v: version, home, ...encodeSettled(checkpoint.settled) }));
}

/** @throws Error if it is not what {@link encodeCheckpoint} makes in this version */
export function decodeCheckpoint(data: Entry['data']): Checkpoint {
  if (data === undefined || typeof data === 'string') throw new Error('a checkpoint is binary data');
  const { v, home, as, at } = fieldsOf(JSON.parse(inflateRawSync(data).toString()));
  if (v !== version) throw new Error(`a checkpoint of version ${JSON.stringify(v)}, not ${version}`);
  const settled = decodeSettled(as, at);
  if (home === undefined) return { kind: 'home', settled };
  if (isSequenceNumber(home)) return { kind: 'pointer', home, settled };
  throw new Error('a checkpoint that points nowhere');
}

interface EncodedSettled {
  /** The pairs of route and settlement that occur. */
  readonly as: readonly (readonly [string | null, SettledAs])[];
  /** Places in `as`, and the numbers of which they hold: the first one, then distances. */
  readonly at: readonly (readonly [readonly number[], string])[];
}

function encodeSettled(settled: SettledWork): EncodedSettled {
  const as: [string | null, SettledAs][] = [];
  const places = {
    handled: new Map<string | null, number>(),
    'dead-lettered': new Map<string | null, number>(),
  };
  const placeOf = (route: string | null, how: SettledAs): number => {
    const known = places[how].get(route);
    if (known !== undefined) return known;
    places[how].set(route, as.length);
    return as.push([route, how]) - 1;
  };
  const groups = new Map<string, { readonly held: readonly number[]; readonly numbers: bigint[] }>();
  for (const [number, routes] of settled) {
    const held = [...routes].map(([route, how]) => placeOf(route, how)).sort((a, b) => a - b);
    const group = groups.get(held.join());
    if (group === undefined) groups.set(held.join(), { held, numbers: [number] });
    else group.numbers.push(number);
  }
  return { as, at: [...groups.values()].map(({ held, numbers }) => [held, encodeNumbers(numbers)]) };
}

const encodeNumbers = (numbers: readonly bigint[]): string => {
  const sorted = numbers.toSorted((a, b) => (a < b ? -1 : 1));
  return sorted.map((number, index) => number - (sorted[index - 1] ?? 0n)).join();
};

function decodeSettled(as: unknown, at: unknown): SettledWork {
  const pairs = listOf(as).map(toPair);
  const settled = new Map<bigint, ReadonlyMap<string | null, SettledAs>>();
  for (const group of listOf(at)) {
    const [held, numbers] = listOf(group);
    const routes = new Map(listOf(held).map((place) => pairAt(pairs, place)));
    for (const number of decodeNumbers(numbers)) settled.set(number, routes);
  }
  return settled;
}

function toPair(pair: unknown): readonly [string | null, SettledAs] {
  const [route, how] = listOf(pair);
  if ((route === null || typeof route === 'string') && (how === 'handled' || how === 'dead-lettered'))
    return [route, how];
  throw new Error('a checkpoint with a settlement that is none');
}

function pairAt<Pair>(pairs: readonly Pair[], place: unknown): Pair {
  const pair = typeof place === 'number' ? pairs[place] : undefined;
  if (pair === undefined) throw new Error('a checkpoint with a settlement that it does not name');
  return pair;
}

function decodeNumbers(text: unknown): readonly bigint[] {
  if (typeof text !== 'string' || !/^\d+(,\d+)*$/.test(text))
    throw new Error('a checkpoint with numbers that are none');
  let number = 0n;
  return text.split(',').map((distance) => (number += BigInt(distance)));
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error('a checkpoint with something else in the place of a list');
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return { ...value };
  throw new Error('a checkpoint that is no object');
}
