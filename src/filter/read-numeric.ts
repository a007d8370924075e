import { filterChoices } from './filter-limits.ts';
import type { NumericComparison } from './filter-pattern.ts';
import type { PatternJson } from './pattern-json.ts';
import { isPatternArray, isWrittenNumber } from './pattern-json.ts';
import type { PatternPlace } from './refuse-pattern.ts';
import { refusePattern } from './refuse-pattern.ts';

/** `["=", 5]`, `["<", 5]`, or a range whose lower end comes first: `[">", 0, "<=", 5]`. */
export function readNumeric(json: PatternJson, place: PatternPlace): readonly NumericComparison[] {
  if (!isPatternArray(json)) refusePattern(place, `numeric must have an array, ${allowed}`);
  const [operator, operand, endOperator, end] = json;
  if (json.length !== 2 && json.length !== 4) refusePattern(place, `numeric must be ${allowed}`);
  const first = readComparison(operator, operand, place);
  if (json.length === 2) return [first];

  const last = readComparison(endOperator, end, place);
  if (!first.operator.startsWith('>') || !last.operator.startsWith('<'))
    refusePattern(place, 'the first comparison of a numeric range must be > or >=, and the second < or <=');
  if (first.operand >= last.operand)
    refusePattern(place, 'the lower end of a numeric range must be less than the upper end');
  return [first, last];
}

const allowed = 'one comparison as ["=", 5] or a range as [">", 0, "<=", 5]';

const numericOperators = ['=', '<', '<=', '>', '>='] as const;

function readComparison(
  operator: PatternJson | undefined,
  operand: PatternJson | undefined,
  place: PatternPlace,
): NumericComparison {
  const known = numericOperators.find((one) => one === operator);
  if (known === undefined)
    refusePattern(place, `a comparison must begin with ${numericOperators.join(', ')}`);
  if (!isWrittenNumber(operand)) refusePattern(place, `a comparison must have a number after ${known}`);
  const number = Number(operand.written);
  const most = filterChoices.numericOperandAtMost;
  if (Math.abs(number) > most) refusePattern(place, `numeric compares with numbers from -${most} to ${most}`);
  return { operator: known, operand: number };
}
