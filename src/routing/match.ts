import { UnreadableRecordError } from '../errors.ts';
import { attributeChanged } from '../stream/changed-attributes.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import { isExpiry } from '../stream/record-facts.ts';
import type { MarshalledImage } from '../stream/record.ts';
import type { Route, RouterDefinition } from './route.ts';
import type { Where } from './where.ts';
import { matchesPattern } from './where.ts';

/** A route together with the router whose middleware, view and tables it has. */
export interface RoutedBy {
  readonly route: Route;
  readonly router: RouterDefinition;
}

export const isForTable = ({ tables }: RouterDefinition, { table }: ReadRecord): boolean =>
  tables === undefined || tables.includes(table);

/**
 * Whether a route is for a record, as far as that can be told without decoding an image: `when` comes later.
 *
 * A `where` reads the item as it is after the change: the new image of an INSERT or MODIFY, the old one of a REMOVE. A
 * MODIFY that turns an item into one of another kind is therefore a MODIFY of the new kind, and nothing to the old one.
 * Where the view lacks that image, the other one is read, and where there is none, the key.
 * @throws UnreadableRecordError if an attribute that must be looked at is not readable.
 */
export function matches({ route, router }: RoutedBy, record: ReadRecord): boolean {
  return (
    route.eventNames.includes(record.eventName) &&
    isForTable(router, record) &&
    matchesWhere(route.entity.where, record) &&
    (route.expired === undefined || route.expired === isExpiry(record.raw)) &&
    (route.changed === undefined || anyChanged(route.changed, record))
  );
}

function matchesWhere(where: Where, record: ReadRecord): boolean {
  const image =
    record.eventName === 'REMOVE'
      ? (record.oldImage ?? record.newImage)
      : (record.newImage ?? record.oldImage);
  for (const name in where) {
    const pattern = where[name];
    if (pattern === undefined) continue;
    try {
      if (!matchesPattern(attributeOf(record.keys, image, name), pattern)) return false;
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      throw new UnreadableRecordError(`attribute "${name}": ${error.message}`, { cause: error });
    }
  }
  return true;
}

const attributeOf = (keys: MarshalledImage, image: MarshalledImage | undefined, name: string): unknown =>
  Object.hasOwn(keys, name)
    ? keys[name]
    : image !== undefined && Object.hasOwn(image, name)
      ? image[name]
      : undefined;

const anyChanged = (names: readonly string[], { oldImage = {}, newImage = {} }: ReadRecord): boolean =>
  names.some((name) => attributeChanged(oldImage, newImage, name));
