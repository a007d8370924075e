/** Lambda's limits for filters.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
export const filterLimits = {
  /** The quota that an account starts with. */
  filtersByDefault: 5,
  /** What AWS raises the quota to on request, and no further. */
  filtersAtMost: 10,
  /** Characters of one pattern, counted as AWS's API models do: in Unicode code points. */
  patternLengthAtMost: 4_096,
} as const;

/**
 * Points on which Lambda's guide is silent, decided here and nowhere else. The guide says that the rules are those of
 * EventBridge, so where EventBridge's guide or its open engine (github.com/aws/event-ruler) has an answer, this is it; where a
 * pattern may be refused by AWS it is refused here, because a pattern that only works locally is the worse surprise.
 *
 * Decided too, without a constant:
 * - `{}` is refused, at the top and below, as EventBridge does.
 * - What stands beside `$or` must match as well. (EventBridge's engine lets an alternative replace a condition for the
 *   same path beside it, which would make the order of keys matter.)
 * - A literal number, and one in `anything-but`, is compared by what is written; `numeric` by its value.
 * - `anything-but` takes prefix, suffix and equals-ignore-case. EventBridge documents that for event buses and says that
 *   its pipes have it not; Lambda's guide lists only the plain form. Whether AWS takes it in a mapping was not seen.
 * - Of a list, one element must pass: `anything-but` "a" matches the list of "a" and "b". Several conditions on objects
 *   in a list must be met by one of them. An empty list or object has no leaf, so `exists: false` matches it.
 * - Ignoring case compares lower-case forms, with no regard to a language.
 * - Keys are names, not paths: the pattern `{"a.b": ["x"]}` does not reach into `{"a": {"b": "x"}}`.
 */
export const filterChoices = {
  /** The greatest size of a number in `numeric`; EventBridge documents -5.0e9 to +5.0e9. */
  numericOperandAtMost: 5_000_000_000,
  /** `$or` with fewer alternatives is refused. */
  alternativesAtLeast: 2,
  /** Operators that EventBridge has and Lambda's guide does not list: refused. */
  operatorsOfEventBridgeOnly: ['wildcard', 'cidr', 'exactly'],
  /** Keys that EventBridge's engine keeps for itself at any depth inside `$or`: refused there. */
  keysRefusedInsideOr: [
    ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric'],
    ...['cidr', '=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case', 'date-after'],
    ...['date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range', 'ip-address-in-range'],
    'ip-address-not-in-range',
  ],
} as const;
