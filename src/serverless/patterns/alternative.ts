import type { EventName } from '../../stream/record.ts';
import { eventNames } from '../../stream/record.ts';
import type { AttributePattern, LeafTest, LeafType } from './attribute-pattern.ts';
import { compareText } from './attribute-pattern.ts';
import type { Place } from './image-place.ts';
import { places } from './image-place.ts';

/** What one attribute must be. */
export interface Condition {
  readonly place: Place;
  readonly name: string;
  readonly pattern: AttributePattern;
  /** The whole of it: two conditions are the same if this is. */
  readonly text: string;
}

/** Whether time to live has deleted the item. */
export type Identity = 'anybody' | 'time-to-live' | 'somebody';

/** One of the ways to pass. What all routes accept is a list of these. */
export interface Alternative {
  /** In the order of `eventNames`, at least one. */
  readonly eventNames: readonly EventName[];
  readonly identity: Identity;
  /** All of them must hold; sorted, one for each attribute in each place. */
  readonly conditions: readonly Condition[];
  /** Its pattern in JSON: the identity of the alternative, and its length. */
  readonly text: string;
}

export type PatternJson = Readonly<Record<string, unknown>>;

export const makeCondition = (place: Place, name: string, pattern: AttributePattern): Condition => ({
  place,
  name,
  pattern,
  text: JSON.stringify([place, name, attributeJson(pattern)]),
});

export function makeAlternative(parts: Omit<Alternative, 'text'>): Alternative {
  const sorted = {
    eventNames: eventNames.filter((one) => parts.eventNames.includes(one)),
    identity: parts.identity,
    conditions: parts.conditions.toSorted(
      (one, other) =>
        places.indexOf(one.place) - places.indexOf(other.place) || compareText(one.name, other.name),
    ),
  };
  return { ...sorted, text: JSON.stringify(patternJson(sorted)) };
}

/** An alternative that lets everything pass has an empty pattern, which AWS would refuse. */
export const letsAllPass = ({ text }: Alternative): boolean => text === '{}';

/** The filter pattern, in an order that is always the same. */
export function patternJson({
  eventNames: names,
  identity,
  conditions,
}: Omit<Alternative, 'text'>): PatternJson {
  const attributesIn = (place: Place) =>
    conditions
      .filter((condition) => condition.place === place)
      .map(({ name, pattern }) => [name, attributeJson(pattern)] as const);
  const images = places.flatMap((place) => {
    const attributes = attributesIn(place);
    return attributes.length === 0 ? [] : [[place, Object.fromEntries(attributes)] as const];
  });
  return {
    ...(names.length < eventNames.length && { eventName: names }),
    ...(identity !== 'anybody' && { userIdentity: identities[identity] }),
    ...(images.length > 0 && { dynamodb: Object.fromEntries(images) }),
  };
}

/**
 * What time to live deletes is deleted in the name of DynamoDB; other records name nobody.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
const identities: Readonly<Record<Exclude<Identity, 'anybody'>, PatternJson>> = {
  'time-to-live': { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] },
  somebody: {
    $or: [
      { type: [{ exists: false }, { 'anything-but': ['Service'] }] },
      { principalId: [{ exists: false }, { 'anything-but': ['dynamodb.amazonaws.com'] }] },
    ],
  },
};

/** An attribute of one of several types is an `$or` below its name, where no other name can be mistaken for an operator. */
function attributeJson({ holds, tests }: AttributePattern): PatternJson {
  const single = ([type, own]: readonly [LeafType, readonly LeafTest[]]) => ({ [type]: own });
  return holds === 'any' && tests.size > 1 ? { $or: [...tests].map(single) } : Object.fromEntries(tests);
}

/**
 * How many patterns without `$or` EventBridge's engine makes of it: of each `$or` one for each of its branches.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export const combinationsOf = ({ identity, conditions }: Alternative): number =>
  conditions.reduce(
    (product, { pattern }) => product * (pattern.holds === 'any' ? pattern.tests.size : 1),
    identity === 'somebody' ? 2 : 1,
  );
