import type { NumericComparison, ValueTest } from './filter-pattern.ts';

/** Whether a leaf of a record passes. */
type Passes = (value: unknown) => boolean;

/** Makes one function of tests of which one must be passed; none at all are never passed. */
export function compileValueTests(tests: readonly ValueTest[]): Passes {
  const texts = new Set(tests.flatMap((test) => (test.kind === 'text' ? [test.value] : [])));
  const others = tests.filter((test) => test.kind !== 'text').map(compileValueTest);
  if (others.length === 0) return (value) => typeof value === 'string' && texts.has(value);
  return (value) => {
    if (typeof value === 'string' && texts.has(value)) return true;
    for (const passes of others) if (passes(value)) return true;
    return false;
  };
}

function compileValueTest(test: ValueTest): Passes {
  switch (test.kind) {
    case 'present':
      return () => true;
    case 'null':
      return (value) => value === null;
    case 'boolean':
    case 'text':
      return (value) => value === test.value;
    case 'number':
      return equalsNumber(test.written);
    case 'equals-ignore-case': {
      const wanted = test.value.toLowerCase();
      return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
    }
    case 'prefix':
    case 'suffix':
      return hasAffix(test);
    case 'numeric':
      return compareNumber(test.comparisons);
    case 'anything-but': {
      const passes = compileValueTests(test.tests);
      return (value) => !passes(value);
    }
  }
}

/** A number of a record is written in one way only; a pattern that writes it in another can equal no number. */
function equalsNumber(written: string): Passes {
  const number = Number(written);
  return String(number) === written ? (value) => value === number : () => false;
}

function hasAffix({ kind, value: affix, ignoresCase }: ValueTest & { kind: 'prefix' | 'suffix' }): Passes {
  const wanted = ignoresCase ? affix.toLowerCase() : affix;
  const has = (text: string) => (kind === 'prefix' ? text.startsWith(wanted) : text.endsWith(wanted));
  return (value) => typeof value === 'string' && has(ignoresCase ? value.toLowerCase() : value);
}

function compareNumber(comparisons: readonly NumericComparison[]): Passes {
  return (value) => {
    // A DynamoDB number is a string in a record, and AWS was seen not to compare it.
    if (typeof value !== 'number') return false;
    for (const comparison of comparisons) if (!holds(value, comparison)) return false;
    return true;
  };
}

function holds(number: number, { operator, operand }: NumericComparison): boolean {
  switch (operator) {
    case '=':
      return number === operand;
    case '<':
      return number < operand;
    case '<=':
      return number <= operand;
    case '>':
      return number > operand;
    case '>=':
      return number >= operand;
  }
}
