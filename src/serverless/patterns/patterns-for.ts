import { filterLimits } from '../../filter/filter-limits.ts';
import type { RouteDescription } from '../../routing/describe-routes.ts';
import type { Alternative, PatternJson } from './alternative.ts';
import { letsAllPass } from './alternative.ts';
import { joinAlternatives } from './join-alternatives.ts';
import type { PatternLimits } from './pack-patterns.ts';
import { packPatterns } from './pack-patterns.ts';
import type { PatternNote } from './pattern-notes.ts';
import { notesOn } from './pattern-notes.ts';
import type { TableFacts } from './route-alternatives.ts';
import { alternativesOf } from './route-alternatives.ts';
import { widenAlternatives } from './widen-alternatives.ts';

export interface PatternOptions extends TableFacts {
  /** Default 5, the quota that an account of AWS starts with. */
  readonly mostPatterns?: number;
  /** In characters. Default 4,096. */
  readonly longestPattern?: number;
}

export interface RoutePatterns {
  /** For `filterPatterns`. None at all: every record passes. */
  readonly patterns: readonly PatternJson[];
  readonly notes: readonly PatternNote[];
}

/**
 * The filter patterns with which Lambda sends a function what its routes accept, and as little else as it can. Whatever a
 * route accepts passes, if the table's stream gives the images that its router expects; where a pattern cannot say it, or
 * where there are too many, more passes. The same routes give the same patterns, in whatever order they are declared.
 *
 * A record with an attribute that the function could not even read becomes a letter if it reaches the function. One whose
 * pattern looks at that attribute does not reach it: it does not match, and Lambda drops it like all that does not.
 * @param routes those of one table: see `routesOfTable`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export function patternsFor(
  routes: readonly RouteDescription[],
  options: PatternOptions = {},
): RoutePatterns {
  const {
    mostPatterns = filterLimits.filtersByDefault,
    longestPattern = filterLimits.patternLengthAtMost,
    ...facts
  } = options;
  const accepted = joinAlternatives(routes.flatMap((route) => alternativesOf(route, facts)));
  const { patterns, isWider } = fitInto({ mostPatterns, longestPattern }, accepted);
  return {
    patterns,
    notes: [...routes.flatMap(notesOn), ...(isWider ? [{ about: 'limits' } as const] : [])],
  };
}

/** The routes that are for a table. The name may be one that only AWS will give: then all of them might be. */
export const routesOfTable = (
  routes: readonly RouteDescription[],
  table: string | undefined,
): readonly RouteDescription[] =>
  routes.filter(({ tables }) => tables === undefined || table === undefined || tables.includes(table));

/** Gives up one condition after the other until it fits; in the end all of them. */
function fitInto(
  limits: PatternLimits,
  accepted: readonly Alternative[],
): { readonly patterns: readonly PatternJson[]; readonly isWider: boolean } {
  for (
    let left: readonly Alternative[] | undefined = accepted;
    left !== undefined;
    left = widenAlternatives(left, limits)
  ) {
    const isWider = left !== accepted;
    if (left.some(letsAllPass)) return { patterns: [], isWider };
    const patterns = packPatterns(left, limits);
    if (patterns !== undefined) return { patterns, isWider };
  }
  return { patterns: [], isWider: true };
}
