import type { Image } from '../../stream/attribute-value.ts';
import { decodeImage } from '../../stream/attribute-value.ts';
import { framedKeys } from '../../stream/lane.ts';
import { tableOf, tableOfRaw } from '../../stream/read-record.ts';
import type { RawRecord } from '../../stream/record.ts';
import type { Found } from '../reading/found.ts';
import type { QueueMessage } from '../queue/queue.ts';
import type { Selection } from './selection.ts';

/** What of a message can be selected by; undefined where it has nothing of the kind, and so no condition on it holds. */
interface Traits {
  readonly ids: readonly string[];
  readonly route?: string | null;
  readonly consumer?: string;
  readonly reason?: string;
  readonly error?: string;
  readonly table?: string | undefined;
  readonly record?: RawRecord;
  readonly givenUpAtMs?: number;
}

/**
 * Whether a message is meant. A pointer is for all routes and items of its batch, so a condition on these never means it. A
 * letter that cannot be read is meant for what it says of itself.
 */
export function isSelected(found: Found, message: Pick<QueueMessage, 'id'>, selection: Selection): boolean {
  const traits = traitsOf(found, message);
  const { routes, consumers, reasons, errors, tables, keys, ids, since, until } = selection;
  return (
    holds(routes, (route) => route === traits.route) &&
    holds(consumers, (consumer) => consumer === traits.consumer) &&
    holds(reasons, (reason) => reason === traits.reason) &&
    holds(errors, (error) => error === traits.error) &&
    holds(tables, (table) => table === traits.table) &&
    holds(ids, (beginning) => traits.ids.some((id) => id.startsWith(beginning))) &&
    (since === undefined || (traits.givenUpAtMs ?? NaN) >= since.getTime()) &&
    (until === undefined || (traits.givenUpAtMs ?? NaN) < until.getTime()) &&
    holdsForKeys(keys, traits.record)
  );
}

/** No value asked for is no condition. */
const holds = <Value>(asked: readonly Value[] | undefined, is: (value: Value) => boolean): boolean =>
  asked === undefined || asked.length === 0 || asked.some(is);

function traitsOf(found: Found, { id }: Pick<QueueMessage, 'id'>): Traits {
  switch (found.kind) {
    case 'letter': {
      const { letter } = found;
      return {
        ids: [id, letter.id],
        route: letter.route,
        consumer: letter.consumer,
        reason: letter.reason,
        error: letter.error.name,
        table: tableOfRaw(letter.record),
        record: letter.record,
        givenUpAtMs: Date.parse(letter.failedAt),
      };
    }
    case 'pointer': {
      const { pointer } = found;
      return {
        ids: [id, pointer.id],
        consumer: pointer.functionName,
        reason: pointer.condition,
        table: tableOf(pointer.streamArn),
        givenUpAtMs: Date.parse(pointer.timestamp),
      };
    }
    case 'foreign': {
      const { id: letterId, failedAt = '', ...traits } = found.traits ?? {};
      return {
        ...traits,
        ids: letterId === undefined ? [id] : [id, letterId],
        givenUpAtMs: Date.parse(failedAt),
      };
    }
  }
}

function holdsForKeys(asked: Selection['keys'], record: RawRecord | undefined): boolean {
  if (asked === undefined || asked.length === 0) return true;
  const keys = record && keysOf(record);
  return (
    keys !== undefined &&
    asked.some((part) =>
      Object.entries(part).every(
        ([name, value]) => Object.hasOwn(keys, name) && textOf(keys[name]) === textOf(value),
      ),
    )
  );
}

function keysOf(record: RawRecord): Image | undefined {
  const { keys } = framedKeys(record);
  try {
    return keys && decodeImage(keys);
  } catch {
    // Keys that cannot be read are nobody's.
    return undefined;
  }
}

/** Of a key's value: a string, a number of any make, or bytes. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return `S${value}`;
  if (value instanceof Uint8Array) return `B${Buffer.from(value).toString('base64')}`;
  return `N${String(value)}`;
}
