import type { Alternative, Condition } from './alternative.ts';
import { makeAlternative, makeCondition } from './alternative.ts';
import type { LeafTest } from './attribute-pattern.ts';
import { addAlternative, conditionUnion } from './join-alternatives.ts';
import type { PatternLimits } from './pack-patterns.ts';
import { isTooLong } from './pack-patterns.ts';

/** One way to make the patterns shorter: some alternatives are replaced by one that lets at least as much pass. */
interface Widening {
  readonly replaced: readonly Alternative[];
  readonly by: Alternative;
  /** How much less is held back, by rule of thumb. */
  readonly loss: number;
}

/**
 * Makes patterns that do not fit a little wider: in the ways that give up least for each character they save. Of many
 * alternatives several are widened at once, half as much as is needed, so that hundreds take no longer than a second.
 * @returns undefined if there is nothing left to give up
 */
export function widenAlternatives(
  alternatives: readonly Alternative[],
  limits: PatternLimits,
): readonly Alternative[] | undefined {
  const tooLong = alternatives.filter((one) => isTooLong(one, limits));
  const ways =
    tooLong.length > 0
      ? tooLong.flatMap(waysAlone)
      : [...alternatives.flatMap(waysAlone), ...waysTogether(alternatives)];
  const wanted = tooLong.length > 0 ? Infinity : excessOf(alternatives, limits) / 2;
  const chosen = chooseWays(ways.map(withBareness), wanted);
  if (chosen.length === 0) return undefined;
  const replaced = new Set(chosen.flatMap((way) => way.replaced));
  return chosen.reduce<readonly Alternative[]>(
    (others, { by }) => addAlternative(others, by),
    alternatives.filter((one) => !replaced.has(one)),
  );
}

const lengthOf = (alternatives: readonly Alternative[]): number =>
  alternatives.reduce((sum, { text }) => sum + text.length, 0);

const excessOf = (
  alternatives: readonly Alternative[],
  { mostPatterns, longestPattern }: PatternLimits,
): number => lengthOf(alternatives) - mostPatterns * longestPattern;

const savedBy = ({ replaced, by }: Widening): number => lengthOf(replaced) - by.text.length;

/** The cheapest for what they save, no two for one alternative, until they save what is wanted; at least one. */
function chooseWays(ways: readonly Widening[], wanted: number): readonly Widening[] {
  const priced = ways.flatMap((way) => {
    const saved = savedBy(way);
    return saved > 0 ? [{ way, saved, price: way.loss / saved }] : [];
  });
  const taken = new Set<Alternative>();
  const chosen: Widening[] = [];
  let saved = 0;
  for (const one of priced.toSorted((cheap, dear) => cheap.price - dear.price)) {
    if (chosen.length > 0 && saved >= wanted) break;
    if (one.way.replaced.some((alternative) => taken.has(alternative))) continue;
    for (const alternative of one.way.replaced) taken.add(alternative);
    chosen.push(one.way);
    saved += one.saved;
  }
  return chosen;
}

/** An alternative that asks for no value any more lets all but everything pass. */
const bareLoss = 40;
const identityLoss = 4;
/** More event names, or more combinations of values, than before. */
const mixingLoss = 1;
const prefixLoss = 3;

/** How much a condition holds back. An equality holds back nearly all, "is not this" nearly nothing. */
function weightOf({ pattern: { holds, tests } }: Condition): number {
  if (holds === 'all') return 2;
  const all = [...tests.values()].flat();
  if (all.some((test) => typeof test === 'object' && 'exists' in test)) return 2;
  return all.some((test) => typeof test === 'object') ? 6 : 8;
}

const asksForValue = ({ conditions }: Alternative): boolean =>
  conditions.some((condition) => weightOf(condition) > 2);

const withBareness = (way: Widening): Widening =>
  way.replaced.some(asksForValue) && !asksForValue(way.by) ? { ...way, loss: way.loss + bareLoss } : way;

function waysAlone(one: Alternative): readonly Widening[] {
  const replaced = [one];
  const { conditions, identity } = one;
  return [
    ...conditions.flatMap((condition, index) => {
      const short = commonBeginning(condition);
      if (short === undefined) return [];
      const by = makeAlternative({ ...one, conditions: conditions.with(index, short) });
      return [{ replaced, by, loss: prefixLoss }];
    }),
    ...conditions.map((condition, index) => ({
      replaced,
      by: makeAlternative({ ...one, conditions: conditions.toSpliced(index, 1) }),
      loss: weightOf(condition),
    })),
    ...(identity === 'anybody'
      ? []
      : [{ replaced, by: makeAlternative({ ...one, identity: 'anybody' }), loss: identityLoss }]),
  ];
}

/** Neighbours in their order are alike; all pairs of hundreds would take long and find little more. */
const neighbours = 10;

const waysTogether = (alternatives: readonly Alternative[]): readonly Widening[] =>
  alternatives.flatMap((one, index) =>
    alternatives.slice(index + 1, index + 1 + neighbours).map((other) => widestOf(one, other)),
  );

/** One alternative with what the two have in common. */
function widestOf(one: Alternative, other: Alternative): Widening {
  const pairs = one.conditions.flatMap((mine) => {
    const both = other.conditions.flatMap((theirs) => conditionUnion(mine, theirs) ?? []).at(0);
    return both === undefined ? [] : [{ mine, both }];
  });
  const kept = new Set(pairs.map(({ both }) => `${both.place} ${both.name}`));
  const given = [...one.conditions, ...other.conditions].filter(
    ({ place, name }) => !kept.has(`${place} ${name}`),
  );
  const mixed = pairs.filter(({ mine, both }) => mine.text !== both.text).length;
  const sameIdentity = one.identity === other.identity;
  const sameEvents = one.eventNames.join() === other.eventNames.join();
  return {
    replaced: [one, other],
    by: makeAlternative({
      eventNames: [...one.eventNames, ...other.eventNames],
      identity: sameIdentity ? one.identity : 'anybody',
      conditions: pairs.map(({ both }) => both),
    }),
    loss:
      given.reduce((sum, condition) => sum + weightOf(condition), 0) +
      (mixed + (sameEvents ? 0 : 1)) * mixingLoss +
      (sameIdentity ? 0 : identityLoss),
  };
}

/** Of several strings, or beginnings of strings, what all of them begin with. */
function commonBeginning({ place, name, pattern }: Condition): Condition | undefined {
  const tests = pattern.tests.get('S') ?? [];
  if (pattern.holds !== 'any' || pattern.tests.size > 1 || tests.length < 2) return undefined;
  const [first = '', ...others] = tests.map(beginningOf);
  const shared = others.reduce(sharedBeginning, first);
  if (shared === '') return undefined;
  return makeCondition(place, name, { holds: 'any', tests: new Map([['S', [{ prefix: shared }]]]) });
}

/** Of a test that says nothing of the beginning, the empty text. */
const beginningOf = (test: LeafTest): string =>
  typeof test === 'string' ? test : typeof test === 'object' && 'prefix' in test ? test.prefix : '';

/** By code points, so that no character is cut in half. */
function sharedBeginning(one: string, other: string): string {
  const [mine, theirs] = [Array.from(one), Array.from(other)];
  const end = mine.findIndex((character, index) => character !== theirs[index]);
  return mine.slice(0, end < 0 ? mine.length : end).join('');
}
