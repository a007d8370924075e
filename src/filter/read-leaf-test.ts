import { filterChoices } from './filter-limits.ts';
import type { LeafTest, ValueTest } from './filter-pattern.ts';
import type { PatternJson, PatternObject } from './pattern-json.ts';
import { isPatternArray, isPatternObject, isWrittenNumber } from './pattern-json.ts';
import { readNumeric } from './read-numeric.ts';
import type { PatternPlace } from './refuse-pattern.ts';
import { below, refusePattern } from './refuse-pattern.ts';

/** Reads one element of the array at a leaf: a literal, or an object with one operator. */
export function readLeafTest(json: PatternJson, place: PatternPlace): LeafTest {
  if (isPatternArray(json)) refusePattern(place, 'an array of values must not hold an array');
  if (!isPatternObject(json)) return readLiteral(json);
  const { operator, operand, at } = onlyOperator(json, place);
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') refusePattern(at, 'exists must have true or false');
      return { kind: operand ? 'present' : 'absent' };
    case 'numeric':
      return { kind: 'numeric', comparisons: readNumeric(operand, at) };
    case 'anything-but':
      return { kind: 'anything-but', tests: readAnythingBut(operand, at) };
    case 'equals-ignore-case':
      return { kind: operator, value: textOf(operand, at) };
    case 'prefix':
    case 'suffix':
      return readAffix(operator, operand, at);
    default:
      return refuseOperator(operator, at);
  }
}

function readLiteral(json: Exclude<PatternJson, readonly PatternJson[] | PatternObject>): ValueTest {
  if (json === null) return { kind: 'null' };
  if (typeof json === 'boolean') return { kind: 'boolean', value: json };
  if (typeof json === 'string') return { kind: 'text', value: json };
  return { kind: 'number', written: json.written };
}

interface Operation {
  readonly operator: string;
  readonly operand: PatternJson;
  readonly at: PatternPlace;
}

function onlyOperator(json: PatternObject, place: PatternPlace): Operation {
  const [first, second] = json;
  if (first === undefined || second !== undefined)
    refusePattern(place, 'an object among the values must have one key, its operator');
  const [operator, operand] = first;
  return { operator, operand, at: below(place, operator) };
}

function textOf(json: PatternJson, place: PatternPlace): string {
  return typeof json === 'string' ? json : refusePattern(place, 'the operator must have a string');
}

function readAffix(kind: 'prefix' | 'suffix', json: PatternJson, place: PatternPlace): ValueTest {
  if (!isPatternObject(json)) return { kind, value: textOf(json, place), ignoresCase: false };
  const { operator, operand, at } = onlyOperator(json, place);
  if (operator !== 'equals-ignore-case')
    refusePattern(at, `${kind} must have a string, or an object with equals-ignore-case`);
  return { kind, value: textOf(operand, at), ignoresCase: true };
}

function readAnythingBut(json: PatternJson, place: PatternPlace): readonly ValueTest[] {
  if (isPatternObject(json)) return readAnythingButSuch(json, place);
  const literals = oneOrMore(json, place).map((one, index) => {
    const at = isPatternArray(json) ? below(place, `[${index}]`) : place;
    return typeof one === 'string' || isWrittenNumber(one)
      ? readLiteral(one)
      : refusePattern(at, anythingButRule);
  });
  if (new Set(literals.map(({ kind }) => kind)).size > 1)
    refusePattern(place, 'the list of anything-but must be strings only or numbers only');
  return literals;
}

const anythingButRule =
  'anything-but must have a string, a number, a list of them, or an object with prefix, suffix or equals-ignore-case';

function readAnythingButSuch(json: PatternObject, place: PatternPlace): readonly ValueTest[] {
  const { operator, operand, at } = onlyOperator(json, place);
  if (operator !== 'prefix' && operator !== 'suffix' && operator !== 'equals-ignore-case')
    return filterChoices.operatorsOfEventBridgeOnly.some((other) => other === operator)
      ? refuseOperator(operator, at)
      : refusePattern(at, anythingButRule);
  return oneOrMore(operand, at).map((one) => {
    const value = textOf(one, at);
    if (operator === 'equals-ignore-case') return { kind: operator, value };
    // Every text begins and ends with the empty one, so that nothing would be anything but that.
    if (value === '') refusePattern(at, `the ${operator} of anything-but must not be empty`);
    return { kind: operator, value, ignoresCase: false };
  });
}

function oneOrMore(json: PatternJson, place: PatternPlace): readonly PatternJson[] {
  if (!isPatternArray(json)) return [json];
  return json.length > 0 ? json : refusePattern(place, 'the list of anything-but must not be empty');
}

const operators = 'anything-but, equals-ignore-case, exists, numeric, prefix and suffix';

function refuseOperator(operator: string, place: PatternPlace): never {
  const isKnown = filterChoices.operatorsOfEventBridgeOnly.some((other) => other === operator);
  const why = isKnown ? "is EventBridge's and not among Lambda's operators" : 'is not an operator';
  return refusePattern(place, `"${operator}" ${why}; there are ${operators}`);
}
