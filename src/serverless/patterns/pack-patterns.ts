import { filterChoices } from '../../filter/filter-limits.ts';
import type { Alternative, PatternJson } from './alternative.ts';
import { combinationsOf, patternJson } from './alternative.ts';

export interface PatternLimits {
  readonly mostPatterns: number;
  /** In characters, each surrogate counted: at least as many as AWS counts. */
  readonly longestPattern: number;
}

/**
 * Puts alternatives into patterns: each into its own where there are few, else several into one with `$or`.
 * @returns undefined if they do not fit
 */
export function packPatterns(
  alternatives: readonly Alternative[],
  limits: PatternLimits,
): readonly PatternJson[] | undefined {
  const alone = alternatives.map((one) => [one]);
  const bins = alternatives.length <= limits.mostPatterns ? alone : fillBins(alternatives, limits);
  if (bins.length > limits.mostPatterns || !bins.every((bin) => fits(bin, limits))) return undefined;
  return bins.map(([first, ...others]) =>
    first !== undefined && others.length === 0
      ? patternJson(first)
      : { $or: [first, ...others].flatMap((one) => (one === undefined ? [] : [patternJson(one)])) },
  );
}

type Bin = readonly Alternative[];

/** Each goes into the first one that has room, in order: nothing is shuffled when a route is added. */
const fillBins = (alternatives: readonly Alternative[], limits: PatternLimits): readonly Bin[] =>
  alternatives.reduce<readonly Bin[]>((bins, one) => {
    const index = bins.findIndex((bin) => fits([...bin, one], limits));
    const bin = bins[index];
    return bin === undefined ? [...bins, [one]] : bins.with(index, [...bin, one]);
  }, []);

function fits(bin: Bin, { longestPattern }: PatternLimits): boolean {
  const length = bin.reduce((sum, { text }) => sum + text.length + 1, 0) - 1;
  if (bin.length === 1) return length <= longestPattern && bin.every(isFewCombinations);
  return length + '{"$or":[]}'.length <= longestPattern && bin.every(mayStandInOr) && areFewCombinations(bin);
}

/** What EventBridge's engine allows of one pattern. Lambda's guide says nothing of it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const mostCombinations = 1_000;

const areFewCombinations = (bin: Bin): boolean =>
  bin.reduce((sum, one) => sum + combinationsOf(one), 0) <= mostCombinations;

const isFewCombinations = (one: Alternative): boolean => areFewCombinations([one]);

const keysRefused = new Set<string>(filterChoices.keysRefusedInsideOr);

const mayStandInOr = ({ conditions }: Alternative): boolean =>
  conditions.every(({ name }) => !keysRefused.has(name));

/** Whether it cannot fit, whatever becomes of the others. */
export const isTooLong = (one: Alternative, limits: PatternLimits): boolean => !fits([one], limits);
