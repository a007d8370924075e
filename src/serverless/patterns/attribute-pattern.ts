import type { Literal, Matcher, Pattern } from '../../routing/where.ts';
import { numberText } from './number-text.ts';

/** One element of the array at a leaf of a filter pattern. */
export type LeafTest =
  | string
  | boolean
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly exists: boolean }
  | { readonly 'anything-but': readonly string[] };

/** The types whose content is a leaf, or a list of leaves. Maps and lists (`M`, `L`) are none. */
export const leafTypes = ['S', 'N', 'B', 'SS', 'NS', 'BS', 'BOOL', 'NULL'] as const;
export type LeafType = (typeof leafTypes)[number];

export type TestsByType = ReadonlyMap<LeafType, readonly LeafTest[]>;

/** What the attribute's typed content must pass: one of the tests (`any`), or of each type one (`all`). */
export interface AttributePattern {
  readonly holds: 'any' | 'all';
  readonly tests: TestsByType;
}

export interface TranslatedPattern {
  /** Undefined: nothing can be asked, so every attribute passes. */
  readonly pattern: AttributePattern | undefined;
  /** What passes although the `where` does not match it; undefined where the two are the same. */
  readonly passesToo?: string;
}

/**
 * Turns what a `where` asks of an attribute into what a filter pattern can ask. Never narrower: what cannot be said in a
 * filter pattern is left out.
 *
 * `exists` asks of a leaf only, as AWS was seen to do. An attribute that is a map or a list has none, so `exists()`
 * cannot be said at all, and `absent()` lets maps and lists through. `anything-but` with a prefix or a suffix is
 * documented for event buses and not for mappings, so `not(startsWith(...))` is left out too.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function translatePattern(pattern: Pattern): TranslatedPattern {
  if (typeof pattern !== 'object' || pattern === null) return oneOf([pattern]);
  return pattern.match === 'not' ? translateNot(pattern.pattern) : translateMatcher(pattern);
}

function translateMatcher(matcher: Exclude<Matcher, { match: 'not' }>): TranslatedPattern {
  switch (matcher.match) {
    case 'oneOf':
      return oneOf(matcher.values);
    case 'startsWith':
      return affix(matcher.prefix, { prefix: matcher.prefix });
    case 'endsWith':
      return affix(matcher.suffix, { suffix: matcher.suffix });
    case 'exists':
      return { pattern: undefined, passesToo: 'items without the attribute (exists)' };
    case 'absent':
      return {
        pattern: { holds: 'all', tests: new Map(leafTypes.map((type) => [type, [{ exists: false }]])) },
        passesToo: 'items in which it is a map or a list (absent)',
      };
  }
}

function translateNot(pattern: Pattern): TranslatedPattern {
  if (typeof pattern !== 'object' || pattern === null) return noneOf([pattern]);
  switch (pattern.match) {
    case 'not':
      return translatePattern(pattern.pattern);
    case 'oneOf':
      return noneOf(pattern.values);
    case 'startsWith':
    case 'endsWith':
      return { pattern: undefined, passesToo: `every other value (not ${pattern.match})` };
    case 'exists':
      return translateMatcher({ match: 'absent' });
    case 'absent':
      return translateMatcher({ match: 'exists' });
  }
}

interface TypedTest {
  readonly type: LeafType;
  /** Undefined: how the value is written is not certain. */
  readonly test: string | boolean | undefined;
}

function oneOf(values: readonly Literal[]): TranslatedPattern {
  const typed = values.map(typedTest);
  const tests = testsByType(typed.map(({ type, test }) => ({ type, test: test ?? { exists: true } })));
  return { pattern: { holds: 'any', tests }, ...uncertain(typed) };
}

/** An attribute that is not there, or of another type, has no such leaf. */
function noneOf(values: readonly Literal[]): TranslatedPattern {
  const typed = values.map(typedTest);
  const texts = (wanted: LeafType) =>
    typed.flatMap(({ type, test }) => (type === wanted && typeof test === 'string' ? [test] : []));
  const isOne = (wanted: LeafType, value: boolean) =>
    typed.some(({ type, test }) => type === wanted && test === value);
  const bothBooleans = isOne('BOOL', true) && isOne('BOOL', false);
  const entries: readonly (readonly [LeafType, readonly LeafTest[]])[] = [
    ...(['S', 'N'] as const).flatMap((type) => {
      const excluded = inOrder(texts(type));
      return excluded.length === 0
        ? []
        : [[type, [{ exists: false }, { 'anything-but': excluded }]] as const];
    }),
    ...(bothBooleans
      ? [['BOOL', [{ exists: false }]] as const]
      : [true, false].flatMap((value) =>
          isOne('BOOL', value) ? [['BOOL', [{ exists: false }, !value]] as const] : [],
        )),
    ...(isOne('NULL', true) ? [['NULL', [{ exists: false }]] as const] : []),
  ];
  const pattern: AttributePattern | undefined =
    entries.length === 0 ? undefined : { holds: 'all', tests: new Map(entries) };
  return { pattern, ...uncertain(typed) };
}

function typedTest(literal: Literal): TypedTest {
  if (literal === null) return { type: 'NULL', test: true };
  if (typeof literal === 'boolean') return { type: 'BOOL', test: literal };
  if (typeof literal === 'string') return { type: 'S', test: literal.isWellFormed() ? literal : undefined };
  return { type: 'N', test: numberText(literal) };
}

const uncertain = (typed: readonly TypedTest[]): Pick<TranslatedPattern, 'passesToo'> =>
  typed.some(({ test }) => test === undefined)
    ? { passesToo: 'every value of the type of one that has no certain spelling' }
    : {};

/** Half a character of two code units cannot be sent, and what begins with it is not what begins with its replacement. */
const affix = (text: string, test: LeafTest): TranslatedPattern =>
  text.isWellFormed()
    ? { pattern: { holds: 'any', tests: new Map([['S', [test]]]) } }
    : {
        pattern: { holds: 'any', tests: new Map([['S', [{ exists: true }]]]) },
        passesToo: 'every string, for the text is half a character',
      };

/** In an order of their own, so that the order in which somebody wrote them makes no difference to a deployment. */
export const testsByType = (
  tests: readonly { readonly type: LeafType; readonly test: LeafTest }[],
): TestsByType =>
  new Map(
    leafTypes.flatMap((wanted) => {
      const own = tests.filter(({ type }) => type === wanted).map(({ test }) => test);
      return own.length === 0 ? [] : [[wanted, inOrder(own)] as const];
    }),
  );

/** By their JSON, each once. */
function inOrder<Test extends LeafTest>(tests: readonly Test[]): readonly Test[] {
  const byText = new Map(tests.map((test) => [JSON.stringify(test), test]));
  return [...byText].toSorted(([one], [other]) => compareText(one, other)).map(([, test]) => test);
}

/** By code units: the same on every machine. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
