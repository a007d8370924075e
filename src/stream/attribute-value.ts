import { UnreadableRecordError } from '../errors.ts';
import { decodeBytes } from './bytes.ts';
import type { DecodedNumber } from './number.ts';
import { decodeNumber } from './number.ts';
import { isObject } from './record.ts';

/** An attribute as handlers see it: bytes are bytes, sets are sets, and a number has every digit it was stored with. */
export type Attribute =
  | string
  | DecodedNumber
  | boolean
  | null
  | Uint8Array
  | Set<string>
  | Set<DecodedNumber>
  | Set<Uint8Array>
  | readonly Attribute[]
  | { readonly [name: string]: Attribute };

/** An item, or its key, as handlers see it where no schema says more. */
export type Image = Readonly<Record<string, Attribute>>;

/** DynamoDB stores lists and maps within each other to this depth.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const deepest = 32;

/**
 * Decodes an image of Lambda's event or of the Streams API.
 * @throws UnreadableRecordError that names the top-level attribute which is at fault, and nothing of its value.
 */
export function decodeImage(image: unknown): Image {
  if (!isObject(image)) throw new UnreadableRecordError('an image is not a map of attributes');
  let current = '';
  try {
    const item: Record<string, Attribute> = {};
    for (const name in image) {
      current = name;
      put(item, name, decodeValue(image[name], 0));
    }
    return item;
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    throw new UnreadableRecordError(`attribute "${current}": ${error.message}`, { cause: error });
  }
}

/** Decodes one attribute value. @throws UnreadableRecordError */
export const decodeAttribute = (value: unknown): Attribute => decodeValue(value, 0);

/** The four types that nearly all attributes have are probed for in the order of how common they are: this is the hot path. */
function decodeValue(value: unknown, depth: number): Attribute {
  if (typeof value !== 'object' || value === null)
    throw new UnreadableRecordError('the value is not a typed attribute value');
  const typed = value as Readonly<Record<string, unknown>>;
  // One after the other and not taken apart at once, for most are of the first type or the second.
  const string = typed['S'];
  if (string !== undefined) return text(string);
  const number = typed['N'];
  if (number !== undefined) return decodeNumber(number);
  const map = typed['M'];
  if (map !== undefined) return decodeMap(map, deeper(depth));
  const list = typed['L'];
  if (list !== undefined) return decodeList(list, deeper(depth));
  return decodeRare(typed);
}

function decodeRare(value: Readonly<Record<string, unknown>>): Attribute {
  const type = Object.keys(value)[0];
  const content = type === undefined ? undefined : value[type];
  switch (type) {
    case 'BOOL':
      if (typeof content !== 'boolean') throw new UnreadableRecordError('a BOOL is not true or false');
      return content;
    case 'NULL':
      if (content !== true) throw new UnreadableRecordError('a NULL is not true');
      return null;
    case 'B':
      return decodeBytes(content);
    case 'SS':
      return new Set(arrayOf(content).map(text));
    case 'NS':
      return new Set(arrayOf(content).map(decodeNumber));
    case 'BS':
      return new Set(arrayOf(content).map(decodeBytes));
    case undefined:
      throw new UnreadableRecordError('the value has no type');
    default:
      throw new UnreadableRecordError(
        'the type of the value is not one of S, N, B, SS, NS, BS, M, L, BOOL, NULL',
      );
  }
}

function decodeMap(content: unknown, depth: number): Image {
  if (!isObject(content)) throw new UnreadableRecordError('an M is not a map');
  const map: Record<string, Attribute> = {};
  for (const name in content) put(map, name, decodeValue(content[name], depth));
  return map;
}

/** Plain assignment of `__proto__` would change the prototype in place of adding an attribute. */
function put(target: Record<string, Attribute>, name: string, value: Attribute): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

function decodeList(content: unknown, depth: number): readonly Attribute[] {
  return arrayOf(content).map((element) => decodeValue(element, depth));
}

function arrayOf(content: unknown): readonly unknown[] {
  if (!Array.isArray(content)) throw new UnreadableRecordError('a list or set is not an array');
  return content;
}

function text(content: unknown): string {
  if (typeof content !== 'string') throw new UnreadableRecordError('a string is not one');
  return content;
}

function deeper(depth: number): number {
  if (depth >= deepest)
    throw new UnreadableRecordError(`the value is more than ${deepest} levels of lists and maps deep`);
  return depth + 1;
}
