import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import { CommitRefusedError, UnreadableRecordError } from '../errors.ts';
import { decodeNumber } from '../stream/number.ts';
import { isObject } from '../stream/record.ts';

const actionNames: readonly string[] = ['Put', 'Update', 'Delete', 'ConditionCheck'];

/** DynamoDB takes 100 actions in a transaction, and one of them is the ledger's.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const mostWrites = 99;

/** DynamoDB stores lists and maps within each other to this depth; it also ends a list that holds itself.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const deepest = 32;

/**
 * What was handed to `context.commit`, as the SDK takes it. Only what DynamoDB could misread or would refuse without
 * naming the place is checked here; the rest is DynamoDB's to judge.
 * @throws CommitRefusedError that names the write and the fault, and no values
 */
export function marshallWrites(writes: unknown): readonly TransactWriteItem[] {
  if (!Array.isArray(writes)) throw refused('the writes', 'must be an array');
  if (writes.length > mostWrites)
    throw refused(
      `write ${mostWrites}`,
      `is one too many: there are ${writes.length}, and a transaction takes ${mostWrites} beside the ledger's own`,
    );
  // Unlike map, this does not skip the holes of an array.
  return Array.from(writes, marshallWrite);
}

function marshallWrite(write: unknown, index: number): TransactWriteItem {
  const given = isObject(write) ? Object.entries(write).filter(([, request]) => request !== undefined) : [];
  const [[name, request] = ['', undefined]] = given;
  if (given.length !== 1 || !actionNames.includes(name))
    throw refused(`write ${index}`, `must be an object with exactly one of ${actionNames.join(', ')}`);
  const place = `write ${index} (${name})`;
  if (!isObject(request)) throw refused(place, 'must be an object');
  const { TableName, ExpressionAttributeValues } = request;
  if (typeof TableName !== 'string' || TableName === '') throw refused(place, 'has no TableName');
  const part = name === 'Put' ? 'Item' : 'Key';
  return {
    [name]: {
      ...request,
      [part]: marshallPart(request[part], part, place),
      ...(ExpressionAttributeValues !== undefined && {
        ExpressionAttributeValues: marshallPart(
          ExpressionAttributeValues,
          'ExpressionAttributeValues',
          place,
        ),
      }),
    },
    // What else it holds is the user's, and DynamoDB checks it.
  };
}

type Attributes = Record<string, AttributeValue>;

function marshallPart(content: unknown, part: string, place: string): Attributes {
  if (!isPlain(content)) throw refused(place, `must have ${part}, a plain object`);
  return marshallMap(content, (name) => ({ place: `${place}: "${name}" of ${part}`, depth: 0 }));
}

/** Where a value stands: for messages, and how many lists and maps it is in. */
interface Site {
  readonly place: string;
  readonly depth: number;
}

/** `fromEntries`, for assigning to `__proto__` would add no attribute. */
const marshallMap = (content: object, siteOf: (name: string) => Site): Attributes =>
  Object.fromEntries(
    Object.entries(content)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, marshallValue(value, siteOf(name))]),
  );

/**
 * The inverse of `decodeAttribute`. Not the SDK's `marshall`, which loses an attribute called `__proto__`, trips over one
 * called `constructor`, leaves functions out, refuses a set of a number and a bigint, and has values in its messages.
 */
function marshallValue(value: unknown, site: Site): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (isNumeric(value)) return { N: numberText(value, site) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: value };
  if (value instanceof Set) return marshallSet(value, site);
  if (Array.isArray(value)) return { L: marshallList(value, deeper(site)) };
  if (!isPlain(value)) throw refused(site.place, `holds ${kindOf(value)}`);
  const inside = deeper(site);
  return { M: marshallMap(value, () => inside) };
}

const marshallList = (list: readonly unknown[], site: Site): AttributeValue[] =>
  list.filter((element) => element !== undefined).map((element) => marshallValue(element, site));

function marshallSet(set: ReadonlySet<unknown>, site: Site): AttributeValue {
  const elements = [...set].filter((element) => element !== undefined);
  if (elements.length === 0) throw refused(site.place, 'holds an empty set, and DynamoDB has none');
  if (elements.every((element) => typeof element === 'string')) return { SS: elements };
  if (elements.every((element) => element instanceof Uint8Array)) return { BS: elements };
  if (elements.every(isNumeric)) return { NS: elements.map((element) => numberText(element, site)) };
  throw refused(site.place, 'holds a set whose elements are not all strings, all numbers or all Uint8Arrays');
}

type Numeric = number | bigint | NumberValue;

const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberValue;

/** DynamoDB would refuse what is no number too, but with the text of it in its message. */
function numberText(value: Numeric, { place }: Site): string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw refused(
      place,
      'holds a whole number beyond Number.MAX_SAFE_INTEGER, which has lost digits: make it a bigint',
    );
  const text = String(value);
  try {
    decodeNumber(text);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    throw refused(place, 'holds a number that DynamoDB cannot store');
  }
  return text;
}

/** An object literal, also one of another realm; not an instance of a class, whose meaning would be lost. */
function isPlain(value: unknown): value is object {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const kindOf = (value: unknown): string =>
  typeof value === 'object'
    ? 'an object that is no plain object, array, Set, Uint8Array or NumberValue'
    : `a ${typeof value}`;

function deeper({ place, depth }: Site): Site {
  if (depth >= deepest) throw refused(place, `is more than ${deepest} levels of lists and maps deep`);
  return { place, depth: depth + 1 };
}

const refused = (place: string, fault: string): CommitRefusedError =>
  new CommitRefusedError(`context.commit: ${place} ${fault}`);
