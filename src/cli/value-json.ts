import type { Attribute, Image } from '../stream/attribute-value.ts';
import { kindOf } from './attribute-kind.ts';

/** What `--help` says about values in JSON. */
export const valueFormat = `Values are JSON's own, and where JSON has none, an object with one name:
  {"$binary": "base64"}   bytes
  {"$set": [...]}         a set, of strings, numbers or bytes
  {"$number": "1.2..."}   a number that a double cannot hold exactly
  {"$map": {...}}         a map that would look like one of these four`;

const tags = ['$binary', '$set', '$number', '$map'];

/** `fromEntries` makes of `__proto__` an attribute like any other. */
export const imageJson = (image: Image): unknown =>
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
