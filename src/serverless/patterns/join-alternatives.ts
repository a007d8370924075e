import type { Alternative, Condition } from './alternative.ts';
import { makeAlternative, makeCondition } from './alternative.ts';
import { compareText, testsByType } from './attribute-pattern.ts';

/**
 * The same in as few alternatives as it goes without letting anything else pass. What comes out depends on what the
 * alternatives are and not on their order, so that routes declared in another order change no deployment.
 */
export const joinAlternatives = (alternatives: readonly Alternative[]): readonly Alternative[] =>
  alternatives.toSorted((one, other) => compareText(one.text, other.text)).reduce(addAlternative, []);

/** Adds one to some that are joined already. */
export function addAlternative(joined: readonly Alternative[], added: Alternative): readonly Alternative[] {
  for (const [index, one] of joined.entries()) {
    const both = exactUnion(one, added);
    if (both !== undefined) return addAlternative(joined.toSpliced(index, 1), both);
  }
  return [...joined, added].toSorted((one, other) => compareText(one.text, other.text));
}

/** One alternative that passes what one or the other passes, and nothing else. */
function exactUnion(one: Alternative, other: Alternative): Alternative | undefined {
  if (covers(one, other)) return one;
  if (covers(other, one)) return other;
  const sameEvents = isSame(one.eventNames, other.eventNames);
  const different = differentConditions(one, other);
  if (different === 'several' || (!sameEvents && one.identity !== other.identity)) return undefined;
  if (different === 'none')
    return makeAlternative({
      ...one,
      eventNames: [...one.eventNames, ...other.eventNames],
      // Time to live on the one side, and what it is not on the other.
      identity: one.identity === other.identity ? one.identity : 'anybody',
    });
  if (!sameEvents || one.identity !== other.identity) return undefined;
  const [mine, theirs] = different;
  const both = conditionUnion(mine, theirs);
  if (both === undefined) return undefined;
  return makeAlternative({
    ...one,
    conditions: one.conditions.map((condition) => (condition === mine ? both : condition)),
  });
}

/** Whether whatever passes `other` passes `one`. */
const covers = (one: Alternative, other: Alternative): boolean =>
  (one.identity === 'anybody' || one.identity === other.identity) &&
  other.eventNames.every((name) => one.eventNames.includes(name)) &&
  one.conditions.every(({ text }) => other.conditions.some((condition) => condition.text === text));

const isSame = (one: readonly string[], other: readonly string[]): boolean => one.join() === other.join();

/** The one attribute about which they differ, if there is one. */
function differentConditions(
  one: Alternative,
  other: Alternative,
): 'none' | 'several' | readonly [Condition, Condition] {
  if (one.conditions.length !== other.conditions.length) return 'several';
  const different = one.conditions.flatMap((mine, index) => {
    const theirs = other.conditions[index];
    return theirs === undefined || mine.text === theirs.text ? [] : [[mine, theirs] as const];
  });
  const [first, second] = different;
  if (first === undefined) return 'none';
  return second === undefined ? first : 'several';
}

/** What one or the other passes; undefined where they are about two attributes, or have no such union. */
export function conditionUnion(one: Condition, other: Condition): Condition | undefined {
  if (one.place !== other.place || one.name !== other.name) return undefined;
  if (one.text === other.text) return one;
  if (one.pattern.holds !== 'any' || other.pattern.holds !== 'any') return undefined;
  const typed = [one, other].flatMap(({ pattern }) =>
    [...pattern.tests].flatMap(([type, tests]) => tests.map((test) => ({ type, test }))),
  );
  return makeCondition(one.place, one.name, { holds: 'any', tests: testsByType(typed) });
}
