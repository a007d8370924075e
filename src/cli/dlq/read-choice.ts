import { InvalidOptionError, UnreadableRecordError } from '../../errors.ts';
import { decodeNumber } from '../../stream/number.ts';
import { isObject } from '../../stream/record.ts';

/** A key of an item, or part of one, as plain values. */
export type PlainKey = Readonly<Record<string, unknown>>;

/** What `--since` and `--until` take; a function of now, for an age is one. */
export type PointInTime = (nowMs: number) => Date;

const unitMs = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** @throws InvalidOptionError that says what can be written */
export function readTime(text: string): PointInTime {
  const [, count, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const ms = unitMs.get(unit);
  if (count !== undefined && ms !== undefined) return (nowMs) => new Date(nowMs - Number(count) * ms);
  const at = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d|$)/.test(text) || Number.isNaN(at))
    throw new InvalidOptionError(
      'It takes a time as 2026-01-31T14:00:00Z, or an age as 90m, 2h or 3d (s, m, h, d, w).',
    );
  return () => new Date(at);
}

/**
 * All that could be meant: a word on the command line has no type, so `n=5` is the text and the number.
 * @throws InvalidOptionError that says what can be written, and quotes nothing
 */
export function readKey(text: string): readonly PlainKey[] {
  if (text.trimStart().startsWith('{')) return [keyInJson(text)];
  const split = text.indexOf('=');
  if (split < 1) throw new InvalidOptionError(keyFormat);
  const [name, value] = [text.slice(0, split), text.slice(split + 1)];
  const number = numberIn(value);
  return [keyOf([[name, value]]), ...(number === undefined ? [] : [keyOf([[name, number]])])];
}

const keyFormat =
  'It takes NAME=VALUE, or the key as JSON: {"pk":"ORDER#1","n":5}; bytes as {"$binary":"base64"}.';

/** `fromEntries` makes of `__proto__` an attribute like any other. */
const keyOf = (entries: readonly (readonly [string, unknown])[]): PlainKey => Object.fromEntries(entries);

function keyInJson(text: string): PlainKey {
  let content: unknown;
  try {
    content = JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' ? decodeNumber(context?.source ?? String(value)) : value,
    );
  } catch {
    throw new InvalidOptionError(keyFormat);
  }
  if (!isObject(content) || Object.keys(content).length === 0) throw new InvalidOptionError(keyFormat);
  return keyOf(Object.entries(content).map(([name, value]) => [name, keyValue(value)] as const));
}

function keyValue(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (isObject(value)) {
    const { $binary, $number } = value;
    if (typeof $binary === 'string') return new Uint8Array(Buffer.from($binary, 'base64'));
    const number = typeof $number === 'string' ? numberIn($number) : undefined;
    if (number !== undefined) return number;
    // A number that neither a double nor a bigint holds is an object.
    if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value;
  }
  throw new InvalidOptionError(keyFormat);
}

function numberIn(text: string): unknown {
  try {
    return decodeNumber(text);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return undefined;
    throw error;
  }
}

/** `20/s` or `20`. @throws InvalidOptionError */
export function readRate(text: string): number {
  const [, written] = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text) ?? [];
  const rate = Number(written);
  if (written === undefined || !(rate >= 0.001 && rate <= 100_000))
    throw new InvalidOptionError('It takes so many a second, from 0.001 to 100000: 20/s.');
  return rate;
}

/** @throws InvalidOptionError */
export const readWithin =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most)
      throw new InvalidOptionError(`It takes a whole number from ${least} to ${most}.`);
    return number;
  };
