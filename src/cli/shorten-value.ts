import type { Attribute } from '../stream/attribute-value.ts';
import { kindOf } from './attribute-kind.ts';
import { bareText, quoteText } from './quote-text.ts';

/** How a value is shown: with nothing left out, or strings of up to so many characters, and of the rest the size. */
export type ValueRoom =
  { readonly kind: 'unlimited' } | { readonly kind: 'short'; readonly characters: number };

/** A value on one line, like JSON with names that need no quotation marks. */
export function shortenValue(value: Attribute, room: ValueRoom): string {
  const isShort = room.kind === 'short';
  const kind = kindOf(value);
  switch (kind.kind) {
    case 'string':
      return isShort ? cutString(kind.value, room.characters) : quoteText(kind.value);
    case 'number':
      return kind.text;
    case 'constant':
      return String(kind.value);
    case 'bytes': {
      const size = `${kind.value.length} byte${kind.value.length === 1 ? '' : 's'}`;
      return isShort ? `<${size}>` : `<${size}: ${Buffer.from(kind.value).toString('base64')}>`;
    }
    case 'set':
      return `set ${listed(kind.elements, room)}`;
    case 'list':
      return listed(kind.elements, room);
    case 'map': {
      if (isShort && kind.entries.length > 0) return `{${kind.entries.length}}`;
      const entries = kind.entries.map(([name, inner]) => `${bareText(name)}: ${shortenValue(inner, room)}`);
      return `{${entries.join(', ')}}`;
    }
  }
}

function listed(elements: readonly Attribute[], room: ValueRoom): string {
  if (room.kind === 'short' && elements.length > 0) return `[${elements.length}]`;
  return `[${elements.map((element) => shortenValue(element, room)).join(', ')}]`;
}

function cutString(text: string, characters: number): string {
  // Only the beginning of a long text is taken apart, for it may be 400 KB.
  const start = Array.from(text.slice(0, 2 * characters + 2));
  return start.length <= characters
    ? quoteText(text)
    : `${quoteText(start.slice(0, characters - 1).join('')).slice(0, -1)}…"`;
}
