import type { Attribute, Image } from '../../stream/attribute-value.ts';
import { kindOf } from './attribute-kind.ts';
import { harmless } from './quote-text.ts';
import type { SeenChange } from './seen-change.ts';

/** What `--help` says about the lines of `--json`. */
export const jsonFormat = `Each line of --json is an object with these fields, as far as the stream's view has them:
  table, eventName   names
  keys               the key of the item, decoded
  newImage, oldImage the item after and before, decoded (not with --keys-only)
  changed            of a MODIFY: the names of the top-level attributes that differ
  createdAt          when it was written, ISO 8601; DynamoDB rounds down to the second
  sequenceNumber, shardId, eventId
                     strings; sequence numbers are ordered within a shard, as numbers
  expired            of a REMOVE: whether it was by time to live
Values are JSON's own, and where JSON has none, an object with one name:
  {"$binary": "base64"}   bytes
  {"$set": [...]}         a set, of strings, numbers or bytes
  {"$number": "1.2..."}   a number that a double cannot hold exactly
  {"$map": {...}}         a map that would look like one of these four`;

const tags = ['$binary', '$set', '$number', '$map'];

/** A change as one line of JSON, without the end of the line. */
export function jsonLine(change: SeenChange, { keysOnly }: { readonly keysOnly: boolean }): string {
  const { table, eventName, keys, newImage, oldImage, changed, expired, createdAt } = change;
  const { sequenceNumber, shardId, eventId } = change;
  const json = {
    table,
    eventName,
    keys: imageJson(keys),
    newImage: newImage && !keysOnly ? imageJson(newImage) : undefined,
    oldImage: oldImage && !keysOnly ? imageJson(oldImage) : undefined,
    changed,
    createdAt: Number.isNaN(createdAt.getTime()) ? undefined : createdAt.toISOString(),
    sequenceNumber,
    shardId,
    eventId,
    expired,
  };
  return harmless(JSON.stringify(json));
}

/** `fromEntries` makes of `__proto__` an attribute like any other. */
const imageJson = (image: Image): unknown =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, valueJson(value)]));

function valueJson(value: Attribute): unknown {
  const kind = kindOf(value);
  switch (kind.kind) {
    case 'string':
    case 'constant':
      return kind.value;
    case 'number':
      return kind.isDouble ? Number(kind.text) : { $number: kind.text };
    case 'bytes':
      return { $binary: Buffer.from(kind.value).toString('base64') };
    case 'set':
      return { $set: kind.elements.map(valueJson) };
    case 'list':
      return kind.elements.map(valueJson);
    case 'map': {
      const map = Object.fromEntries(kind.entries.map(([name, inner]) => [name, valueJson(inner)]));
      const [first, ...others] = kind.entries;
      const isLikeATag = first !== undefined && others.length === 0 && tags.includes(first[0]);
      return isLikeATag ? { $map: map } : map;
    }
  }
}
