import { InvalidEventError, ViewMismatchError } from '../errors.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import { viewHasNewImage, viewHasOldImage } from '../stream/record.ts';
import type { Route, RouterDefinition } from './route.ts';
import { isForTable } from './match.ts';

/**
 * Refuses a stream whose view does not give what the router was told to expect: a route would wait in vain.
 * @throws ViewMismatchError that says how to mend it.
 */
export function checkView(router: RouterDefinition, record: ReadRecord): void {
  if (!isForTable(router, record)) return;
  const given = record.raw.dynamodb?.StreamViewType;
  if (given === router.view && given === 'NEW_AND_OLD_IMAGES') return;
  const lacks =
    given === undefined
      ? lacksImage(router, record)
      : (viewHasNewImage(router.view) && !viewHasNewImage(given)) ||
        (viewHasOldImage(router.view) && !viewHasOldImage(given));
  if (lacks)
    throw new ViewMismatchError(
      `the stream of table "${record.table}" has the view ${given ?? 'of unknown type'}, but the router expects ` +
        `${router.view}. Either set the table's StreamViewType to ${router.view} (that makes a new stream), or say ` +
        `createRouter({ view: '${given ?? 'KEYS_ONLY'}' }).`,
    );
  for (const route of router.routes) checkWhereReadable(router, route, record);
}

function lacksImage({ view }: RouterDefinition, { eventName, newImage, oldImage }: ReadRecord): boolean {
  return (
    (viewHasNewImage(view) && eventName !== 'REMOVE' && newImage === undefined) ||
    (viewHasOldImage(view) && eventName !== 'INSERT' && oldImage === undefined)
  );
}

/**
 * Refuses a stream that no router is for: all of it would be passed over in silence.
 * @throws InvalidEventError that names both
 */
export function checkTable(routers: readonly RouterDefinition[], record: ReadRecord): void {
  if (routers.some((router) => isForTable(router, record))) return;
  const known = routers.flatMap(({ tables }) => tables ?? []).join('", "');
  throw new InvalidEventError(
    `a change of table "${record.table}" came, and the routers are for "${known}". Is the function attached to the ` +
      'wrong stream, or was the table deployed under another name? Give createRouter that name, or none for any table.',
  );
}

/** Without any image only the key can be looked at, so a `where` on anything else could never be decided. */
function checkWhereReadable({ view }: RouterDefinition, route: Route, record: ReadRecord): void {
  if (!route.eventNames.includes(record.eventName)) return;
  if (record.newImage !== undefined || record.oldImage !== undefined) return;
  const unknown = Object.keys(route.entity.where).find((name) => !Object.hasOwn(record.keys, name));
  if (unknown !== undefined)
    throw new ViewMismatchError(
      `route "${route.name}" matches ${record.eventName}s of table "${record.table}" on the attribute "${unknown}", ` +
        `which is no part of the key, and with the view ${view} such a record has no image to read it from. ` +
        'Match on key attributes only, or set the StreamViewType to NEW_AND_OLD_IMAGES.',
    );
}
