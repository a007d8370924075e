import { InvalidOptionError, UnreadableRecordError } from '../errors.ts';
import { decodeNumber } from '../stream/number.ts';
import { isObject } from '../stream/record.ts';

/** A value that an attribute is compared with: a string (S), a number (N), a boolean (BOOL) or null (NULL). */
export type Literal = string | number | bigint | boolean | null;

/** What `oneOf`, `startsWith`, ... make: plain data, so that deployment can turn it into a filter pattern. */
export type Matcher =
  | { readonly match: 'oneOf'; readonly values: readonly Literal[] }
  | { readonly match: 'startsWith'; readonly prefix: string }
  | { readonly match: 'endsWith'; readonly suffix: string }
  | { readonly match: 'exists' }
  | { readonly match: 'absent' }
  | { readonly match: 'not'; readonly pattern: Literal | Matcher };

export type Pattern = Literal | Matcher;

/** Patterns on top-level attributes by name; all of them must match. */
export type Where = Readonly<Record<string, Pattern>>;

/** The attribute is one of these. */
export const oneOf = (...values: readonly [Literal, ...Literal[]]): Matcher => ({ match: 'oneOf', values });
/** The attribute is a string that begins so. */
export const startsWith = (prefix: string): Matcher => ({ match: 'startsWith', prefix });
/** The attribute is a string that ends so. */
export const endsWith = (suffix: string): Matcher => ({ match: 'endsWith', suffix });
/** The attribute is there, whatever its type and value. */
export const exists = (): Matcher => ({ match: 'exists' });
/** The attribute is not there. */
export const absent = (): Matcher => ({ match: 'absent' });
/** The opposite of a pattern: `not('paid')` also matches where the attribute is not there. */
export const not = (pattern: Pattern): Matcher => ({ match: 'not', pattern });

/** Whether one marshalled attribute (`undefined`: not there) matches. @throws UnreadableRecordError */
export function matchesPattern(attribute: unknown, pattern: Pattern): boolean {
  if (typeof pattern !== 'object' || pattern === null) return equals(attribute, pattern);
  switch (pattern.match) {
    case 'oneOf':
      return pattern.values.some((value) => equals(attribute, value));
    case 'startsWith':
      return contentOf(attribute, 'S')?.startsWith(pattern.prefix) ?? false;
    case 'endsWith':
      return contentOf(attribute, 'S')?.endsWith(pattern.suffix) ?? false;
    case 'exists':
      return attribute !== undefined;
    case 'absent':
      return attribute === undefined;
    case 'not':
      return !matchesPattern(attribute, pattern.pattern);
  }
}

function equals(attribute: unknown, literal: Literal): boolean {
  if (attribute === undefined) return false;
  if (!isObject(attribute))
    throw new UnreadableRecordError('an attribute value is not a typed attribute value');
  if (literal === null) return attribute['NULL'] === true;
  if (typeof literal === 'string') return contentOf(attribute, 'S') === literal;
  if (typeof literal === 'boolean') return attribute['BOOL'] === literal;
  const number = contentOf(attribute, 'N');
  return number !== undefined && decodeNumber(number) === decodeNumber(String(literal));
}

function contentOf(attribute: unknown, type: 'S' | 'N'): string | undefined {
  if (attribute === undefined) return undefined;
  if (!isObject(attribute))
    throw new UnreadableRecordError('an attribute value is not a typed attribute value');
  const content = attribute[type];
  if (content === undefined) return undefined;
  if (typeof content !== 'string')
    throw new UnreadableRecordError(`an attribute of type ${type} is no string`);
  return content;
}

/** @throws InvalidOptionError for a pattern that is none, or that can match nothing or everything by mistake. */
export function checkWhere(entityName: string, where: Where): void {
  if (!isObject(where))
    throw new InvalidOptionError(`entity "${entityName}": "where" must map attribute names to patterns`);
  for (const [name, pattern] of Object.entries(where)) {
    const problem = problemOf(pattern);
    if (problem !== undefined)
      throw new InvalidOptionError(`entity "${entityName}", where "${name}": ${problem}`);
  }
}

const allowed =
  'allowed are a string, number, boolean or null, and oneOf, startsWith, endsWith, exists, absent, not';

function problemOf(pattern: unknown): string | undefined {
  if (isLiteral(pattern)) return undefined;
  if (!isObject(pattern)) return `got a value of type ${typeof pattern}; ${allowed}`;
  switch (pattern['match']) {
    case 'oneOf':
      return Array.isArray(pattern['values']) &&
        pattern['values'].length > 0 &&
        pattern['values'].every(isLiteral)
        ? undefined
        : 'oneOf takes at least one string, number, boolean or null';
    case 'startsWith':
      return isFilled(pattern['prefix']) ? undefined : 'startsWith takes a string that is not empty';
    case 'endsWith':
      return isFilled(pattern['suffix']) ? undefined : 'endsWith takes a string that is not empty';
    case 'exists':
    case 'absent':
      return undefined;
    case 'not':
      return problemOf(pattern['pattern']);
    default:
      return `got an object that is no pattern; ${allowed}`;
  }
}

const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== '';

const isLiteral = (value: unknown): value is Literal =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  typeof value === 'bigint' ||
  (typeof value === 'number' && isStorable(value));

/** Whether DynamoDB can store it: what it cannot would be compared in vain. */
function isStorable(value: number): boolean {
  try {
    decodeNumber(String(value));
    return true;
  } catch {
    return false;
  }
}
