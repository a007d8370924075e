import { UnreadableRecordError } from '../errors.ts';
import { checkTable, checkView } from '../routing/check-view.ts';
import type { RouterDefinition } from '../routing/route.ts';
import { framedKeys, itemOf, laneOf } from '../stream/lane.ts';
import type { RecordSource } from '../stream/read-record.ts';
import { createTableOf, readRecord } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Incoming } from './tasks.ts';

function read(raw: RawRecord, source: RecordSource): Incoming {
  try {
    return readRecord(raw, source);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return { raw, unreadable: error };
  }
}

interface Batch {
  readonly incoming: readonly Incoming[];
  readonly laneNames: readonly string[];
}

/**
 * Reads, checks and sorts into lanes in one pass: a large batch is out of the processor's caches by the next one.
 * @throws InvalidEventError or ViewMismatchError
 */
export function readBatch(
  records: readonly RawRecord[],
  { routers, order }: { readonly routers: readonly RouterDefinition[]; readonly order: 'item' | 'shard' },
): Batch {
  const source = { tableOf: createTableOf() };
  const nameLane = order === 'shard' ? () => '' : createLaneNames();
  const incoming: Incoming[] = [];
  const laneNames: string[] = [];
  for (const raw of records) {
    const one = read(raw, source);
    if (!('unreadable' in one)) {
      checkTable(routers, one);
      for (const router of routers) checkView(router, one);
    }
    laneNames.push(nameLane(one, incoming.length));
    incoming.push(one);
  }
  return { incoming, laneNames };
}

/**
 * A record that cannot be read is still a change of its item, if that much can be told; if not, it has a lane of its own.
 * Lambda's batches are of one stream, whose name is left out.
 */
function createLaneNames(): (one: Incoming, index: number) => string {
  let home: string | undefined;
  return (one, index) => {
    const { eventSourceArn, keys } = 'unreadable' in one ? framedKeys(one.raw) : one;
    if (keys === undefined) return `unreadable ${index}`;
    home ??= eventSourceArn;
    return eventSourceArn === home ? itemOf({ keys }) : laneOf({ keys, eventSourceArn });
  };
}
