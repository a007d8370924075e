import { NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import type { Attribute } from '../../../src/stream/attribute-value.ts';
import { decodeNumber } from '../../../src/stream/number.ts';
import { isObject } from '../../../src/stream/record.ts';

/** Makes of a value of `--json` the attribute that it was, as `--help` describes it. */
export function revive(json: unknown): Attribute {
  if (Array.isArray(json)) return json.map(revive);
  if (!isObject(json)) return json as string | number | boolean | null;
  const [entry, ...others] = Object.entries(json);
  const untag = entry && others.length === 0 ? tags.get(entry[0]) : undefined;
  return entry && untag ? untag(entry[1]) : reviveMap(json);
}

const tags = new Map<string, (content: unknown) => Attribute>([
  ['$binary', (content) => new Uint8Array(Buffer.from(String(content), 'base64'))],
  ['$set', (content) => new Set((content as readonly unknown[]).map(revive)) as Set<string>],
  ['$map', (content) => reviveMap(content as Readonly<Record<string, unknown>>)],
  [
    '$number',
    (content) => {
      const number = decodeNumber(content);
      if (typeof number === 'number') throw new Error('this one needs no tag');
      return typeof number === 'bigint' ? number : NumberValue.from(String(content));
    },
  ],
]);

export const reviveMap = (json: Readonly<Record<string, unknown>>): Readonly<Record<string, Attribute>> =>
  Object.fromEntries(Object.entries(json).map(([name, value]) => [name, revive(value)]));
