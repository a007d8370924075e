import type { Attribute, Image } from '../stream/attribute-value.ts';
import { kindOf } from './attribute-kind.ts';
import { bareText } from './quote-text.ts';
import { shortenValue } from './shorten-value.ts';

/** By name, for the order in which a record has them says nothing. */
export const inOrderOfNames = (image: Image): readonly (readonly [name: string, value: Attribute])[] =>
  Object.entries(image).sort(([a], [b]) => (a < b ? -1 : 1));

/** Never cut by themselves: they tell items apart. */
export const keysText = (keys: Image): string =>
  inOrderOfNames(keys)
    .map(([name, value]) => {
      const kind = kindOf(value);
      const text = kind.kind === 'string' ? bareText(kind.value) : shortenValue(value, { kind: 'unlimited' });
      return `${bareText(name)}=${text}`;
    })
    .join(' ');
