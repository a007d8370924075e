import { NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import type { Attribute } from '../stream/attribute-value.ts';

type AttributeMap = { readonly [name: string]: Attribute };
type AttributeSet = Extract<Attribute, ReadonlySet<unknown>>;

/** A decoded attribute, told apart by what can be shown of it. Every number is a text with all of its digits. */
export type AttributeKind =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string; readonly isDouble: boolean }
  | { readonly kind: 'constant'; readonly value: boolean | null }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'set'; readonly elements: readonly Attribute[] }
  | { readonly kind: 'list'; readonly elements: readonly Attribute[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [name: string, value: Attribute])[] };

export function kindOf(value: Attribute): AttributeKind {
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'number') return { kind: 'number', text: String(value), isDouble: true };
  if (typeof value === 'bigint' || value instanceof NumberValue)
    return { kind: 'number', text: value.toString(), isDouble: false };
  if (typeof value === 'boolean' || value === null) return { kind: 'constant', value };
  if (value instanceof Uint8Array) return { kind: 'bytes', value };
  if (isSet(value)) return { kind: 'set', elements: [...value] };
  if (isList(value)) return { kind: 'list', elements: value };
  return { kind: 'map', entries: Object.entries(value) };
}

const isSet = (value: Attribute): value is AttributeSet => value instanceof Set;

/** `Array.isArray` does not know lists that are readonly. */
export const isList = (value: Attribute): value is readonly Attribute[] => Array.isArray(value);

export const isMap = (value: Attribute): value is AttributeMap => kindOf(value).kind === 'map';
