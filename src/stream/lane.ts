import type { ReadRecord } from './read-record.ts';
import { toLambdaJson } from './lambda-record.ts';

/** The name of an item's lane: the same for every change of one item (stream and full primary key), and for no other. */
export function laneOf({ eventSourceArn, keys }: ReadRecord): string {
  const [first = '', second] = Object.keys(keys);
  if (second === undefined) return `${eventSourceArn} ${first} ${valueOf(keys[first])}`;
  const [a, b] = first < second ? [first, second] : [second, first];
  return `${eventSourceArn} ${a} ${valueOf(keys[a])} ${b} ${valueOf(keys[b])}`;
}

const valueOf = (value: unknown): string => JSON.stringify(toLambdaJson(value));
