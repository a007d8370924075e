import { InvalidOptionError } from '../errors.ts';
import { filterChoices, filterLimits } from './filter-limits.ts';
import type { FieldPattern, FilterPattern } from './filter-pattern.ts';
import { readLeafTest } from './read-leaf-test.ts';
import type { PatternJson, PatternObject } from './pattern-json.ts';
import { isPatternArray, isPatternObject, readPatternJson } from './pattern-json.ts';
import type { PatternPlace } from './refuse-pattern.ts';
import { below, refusePattern } from './refuse-pattern.ts';

/**
 * Reads and checks one filter pattern, the JSON text of `FilterCriteria.Filters[].Pattern`, at most 4,096 characters. Of a
 * key that occurs twice the last one counts. What is allowed beyond the words of Lambda's guide: see `filterChoices`.
 * @param member which filter it is in its criteria, counted from 1; only errors tell of it
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 * @throws InvalidOptionError that begins with the words of AWS and goes on with what is wrong under which keys; literals
 * of the pattern are not in it
 */
export function parseFilterPattern(pattern: string, member?: number): FilterPattern {
  const top: PatternPlace = { member, path: [] };
  if (typeof pattern !== 'string') refusePattern(top, 'the pattern must be JSON text, a string');
  checkLength(pattern, member ?? 1);
  const json = readJson(pattern, top);
  if (!isPatternObject(json)) refusePattern(top, 'the pattern must be a JSON object');
  return readPattern(json, top, false);
}

function checkLength(pattern: string, member: number): void {
  const { patternLengthAtMost } = filterLimits;
  // Code points are never more than the code units of `length`, which cost nothing to ask for.
  if (pattern.length <= patternLengthAtMost || Array.from(pattern).length <= patternLengthAtMost) return;
  throw new InvalidOptionError(
    `1 validation error detected: Value at 'filterCriteria.filters.${member}.member.pattern' failed to satisfy ` +
      `constraint: Member must have length less than or equal to ${patternLengthAtMost}`,
  );
}

function readJson(pattern: string, place: PatternPlace): PatternJson {
  try {
    return readPatternJson(pattern);
  } catch {
    // The error of JSON.parse quotes the text, and with it literals.
    return refusePattern(place, 'the pattern is not JSON');
  }
}

function readPattern(json: PatternObject, place: PatternPlace, isInsideOr: boolean): FilterPattern {
  if (json.size === 0) refusePattern(place, 'an object of a pattern must have a key');
  const fields: FieldPattern[] = [];
  let anyOf: readonly FilterPattern[] = [];
  for (const [name, value] of json)
    if (name === '$or') anyOf = readAlternatives(value, below(place, name));
    else fields.push(readField(name, value, { place: below(place, name), isInsideOr }));
  return { fields, anyOf };
}

function readAlternatives(json: PatternJson, place: PatternPlace): readonly FilterPattern[] {
  const least = filterChoices.alternativesAtLeast;
  if (!isPatternArray(json) || json.length < least)
    refusePattern(place, `$or must be an array of at least ${least} objects`);
  return json.map((alternative, index) => {
    const at = below(place, `[${index}]`);
    if (!isPatternObject(alternative)) refusePattern(at, 'an alternative of $or must be an object');
    return readPattern(alternative, at, true);
  });
}

interface FieldPlace {
  readonly place: PatternPlace;
  readonly isInsideOr: boolean;
}

const keysRefusedInsideOr = new Set<string>(filterChoices.keysRefusedInsideOr);

function readField(name: string, json: PatternJson, { place, isInsideOr }: FieldPlace): FieldPattern {
  if (isInsideOr && keysRefusedInsideOr.has(name))
    refusePattern(
      place,
      `EventBridge keeps "${name}" for itself inside $or; write a filter for each alternative`,
    );
  if (isPatternObject(json)) return { kind: 'branch', name, pattern: readPattern(json, place, isInsideOr) };
  if (!isPatternArray(json))
    refusePattern(place, 'a key must have an object or an array; write a single value as an array of one');
  if (json.length === 0) refusePattern(place, 'the array of values must not be empty');
  return {
    kind: 'leaf',
    name,
    tests: json.map((test, index) => readLeafTest(test, below(place, `[${index}]`))),
  };
}
