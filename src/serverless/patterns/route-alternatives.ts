import type { RouteDescription } from '../../routing/describe-routes.ts';
import type { StreamView } from '../../stream/record.ts';
import type { Alternative, Condition } from './alternative.ts';
import { makeAlternative, makeCondition } from './alternative.ts';
import { translatePattern } from './attribute-pattern.ts';
import type { Place } from './image-place.ts';
import { imagePlace, viewsFor } from './image-place.ts';

/** What is known of the table. The more, the shorter the patterns. */
export interface TableFacts {
  /** The view of its stream. Default: every view with which the router can work is reckoned with. */
  readonly view?: StreamView | undefined;
  /**
   * The names of its key attributes, as the table has them. Every record holds its key, whatever its event name and the
   * stream's view. Default: not known, so that they are looked for in the images.
   */
  readonly keys?: readonly string[] | undefined;
}

/** What a route accepts, for each of its event names, and for each view that the stream may have. */
export function alternativesOf(
  { eventNames, where, view, options }: RouteDescription,
  { view: known, keys = [] }: TableFacts,
): readonly Alternative[] {
  const identity = options.expired === undefined ? 'anybody' : options.expired ? 'time-to-live' : 'somebody';
  return eventNames.flatMap((eventName) => {
    const views = known === undefined ? viewsFor(view) : [known];
    const images = new Set(views.map((one) => imagePlace(eventName, one)));
    return [...images].map((image) =>
      makeAlternative({
        eventNames: [eventName],
        identity,
        conditions: Object.keys(where).flatMap((name) =>
          conditionOn(name, where, keys.includes(name) ? 'Keys' : image),
        ),
      }),
    );
  });
}

function conditionOn(name: string, where: RouteDescription['where'], place: Place): readonly Condition[] {
  const asked = where[name];
  if (asked === undefined || name === '$or') return [];
  const { pattern } = translatePattern(asked);
  return pattern === undefined ? [] : [makeCondition(place, name, pattern)];
}
