import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemRuntime } from '../../runtime.ts';
import type { Runtime } from '../../runtime.ts';
import { framedKeys, itemOf } from '../../stream/lane.ts';
import { tableOf } from '../../stream/read-record.ts';
import type { MarshalledImage, RawRecord } from '../../stream/record.ts';
import { judgeItem } from './judge-item.ts';
import { readItems } from './read-items.ts';
import type { JudgeFreshness } from '../engine/run-options.ts';

export interface FreshnessOptions {
  /** Of the region in which the tables are. */
  readonly client: DynamoDBClient;
  /** Of a table: the attribute of its items that grows with every write, if there is one. Undefined: images are compared. */
  readonly versionAttributeOf: (table: string) => string | undefined;
  readonly runtime?: Runtime;
}

interface Asked {
  readonly table: string;
  readonly keys: MarshalledImage;
  readonly item: string;
}

/** Judges by the items as they are now in their tables. What cannot be read is unknown, with the reason. */
export function createFreshnessJudge({
  client,
  versionAttributeOf,
  runtime = systemRuntime,
}: FreshnessOptions): JudgeFreshness {
  return async (items) => {
    const asked = items.map(([first]) => first && askedOf(first));
    const tables = new Set(asked.flatMap((one) => (one ? [one.table] : [])));
    const reads = await Promise.all(
      [...tables].map(async (table) => {
        const keys = new Map(asked.flatMap((one) => (one?.table === table ? [[one.item, one.keys]] : [])));
        const versionAttribute = versionAttributeOf(table);
        return [table, await readItems({ client, runtime, table, keys, versionAttribute })] as const;
      }),
    );
    const statesOf = new Map(reads);
    return items.map((records, index) => {
      const one = asked[index];
      const state = one && statesOf.get(one.table)?.(one.item);
      if (one === undefined || state === undefined) return records.map(() => unreadable);
      return judgeItem(records, state, versionAttributeOf(one.table));
    });
  };
}

const unreadable = {
  kind: 'unknown',
  why: 'the record does not say of which item of which table it is',
} as const;

function askedOf(record: RawRecord): Asked | undefined {
  const { eventSourceArn, keys } = framedKeys(record);
  const table = tableOf(eventSourceArn);
  return keys === undefined || table === undefined ? undefined : { table, keys, item: itemOf({ keys }) };
}
