import { compileValueTests } from './compile-value-tests.ts';
import { isObject } from '../stream/record.ts';
import type { FieldPattern, FilterPattern, LeafTest, ValueTest } from './filter-pattern.ts';

/** Whether a record passes: what Lambda would send of it, parsed. It is only read, and not kept. */
export type RecordFilter = (record: unknown) => boolean;

/** Whether a value inside a record passes; undefined stands for one that is not there. */
type Match = (value: unknown, record: unknown) => boolean;

type Path = readonly string[];

/**
 * Makes a function of a pattern, which asks a record in Lambda's form: attribute values marshalled, bytes as base64, dates
 * as epoch seconds. Only a record's own keys count, and one with `undefined` counts as not there.
 *
 * Numbers are compared as they are written, and a parsed number is written as `JSON.stringify` writes it: 300 whether it
 * came as `300`, `300.0` or `3e2`. So the pattern `[300]` matches it and `[300.0]` does not. On AWS, where
 * `ApproximateCreationDateTime` has been seen as `1664559083.0`, use `numeric` for it.
 */
export function compileFilterPattern(pattern: FilterPattern): RecordFilter {
  const match = compilePattern(pattern, []);
  return (record) => match(record, record);
}

function compilePattern({ fields, anyOf }: FilterPattern, path: Path): Match {
  const matchFields = fields.map((field) => compileField(field, [...path, field.name]));
  const alternatives = anyOf.map((alternative) => compilePattern(alternative, path));
  const all = alternatives.length === 0 ? matchFields : [...matchFields, anyMatch(alternatives)];
  return throughArrays(allMatch(all));
}

const allMatch =
  (matches: readonly Match[]): Match =>
  (value, record) => {
    for (const match of matches) if (!match(value, record)) return false;
    return true;
  };

const anyMatch =
  (matches: readonly Match[]): Match =>
  (value, record) => {
    for (const match of matches) if (match(value, record)) return true;
    return false;
  };

/** Of a list, one element must match the whole pattern. In an empty list, nothing is there. */
function throughArrays(match: Match): Match {
  const matchThrough: Match = (value, record) => {
    if (!isArray(value)) return match(value, record);
    if (value.length === 0) return match(undefined, record);
    for (const element of value) if (matchThrough(element, record)) return true;
    return false;
  };
  return matchThrough;
}

function compileField(field: FieldPattern, path: Path): Match {
  const { name } = field;
  const match =
    field.kind === 'branch' ? compilePattern(field.pattern, path) : compileLeaf(field.tests, path);
  return (value, record) => match(own(value, name), record);
}

/**
 * `exists` looks at leaves only, as AWS was seen to: a branch is no leaf, so `exists: true` never matches it and
 * `exists: false` always does. It asks the whole record, so that no element of a list stands in for another.
 */
function compileLeaf(tests: readonly LeafTest[], path: Path): Match {
  const passes = compileValueTests(tests.filter(isValueTest));
  const anyLeafPasses = (value: unknown): boolean => {
    if (!isArray(value)) return isLeaf(value) && passes(value);
    for (const element of value) if (anyLeafPasses(element)) return true;
    return false;
  };
  if (tests.every(isValueTest)) return anyLeafPasses;
  return (value, record) => !hasLeaf(record, path, 0) || anyLeafPasses(value);
}

const isValueTest = (test: LeafTest): test is ValueTest => test.kind !== 'absent';

function hasLeaf(value: unknown, path: Path, depth: number): boolean {
  if (isArray(value)) {
    for (const element of value) if (hasLeaf(element, path, depth)) return true;
    return false;
  }
  const name = path[depth];
  return name === undefined ? isLeaf(value) : hasLeaf(own(value, name), path, depth + 1);
}

const isLeaf = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && value !== undefined);

/** `Array.isArray`, without `any`. */
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const own = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
