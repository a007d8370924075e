import { toLambdaJson } from './lambda-record.ts';
import type { ReadRecord } from './read-record.ts';
import type { MarshalledImage, RawRecord } from './record.ts';
import { isObject } from './record.ts';

/** The name of an item's lane: the same for every change of one item (stream and full primary key), and for no other. */
export const laneOf = (record: Pick<ReadRecord, 'eventSourceArn' | 'keys'>): string =>
  `${record.eventSourceArn} ${itemOf(record)}`;

/** The name of an item among those of its stream. */
export function itemOf({ keys }: Pick<ReadRecord, 'keys'>): string {
  const names = Object.keys(keys);
  const part = (name: string | undefined): string =>
    name === undefined ? '' : `${name} ${valueOf(keys[name])} `;
  const a = names[0];
  const b = names[1];
  // A key has one or two attributes; their order in the record says nothing. (To sort them costs a tenth of a record.)
  return a !== undefined && b !== undefined && b < a ? part(b) + part(a) : part(a) + part(b);
}

/** Most keys are strings, which need no JSON to be told from each other. */
function valueOf(value: unknown): string {
  const text = isObject(value) ? value['S'] : undefined;
  return typeof text === 'string' ? `S${text.length}:${text}` : JSON.stringify(toLambdaJson(value));
}

/** Stream and key of a record that could not be read, as far as they are there. */
export function framedKeys(raw: RawRecord): {
  readonly eventSourceArn: string;
  readonly keys: MarshalledImage | undefined;
} {
  const { eventSourceARN, dynamodb } = raw as Readonly<Record<string, unknown>>;
  const keys = isObject(dynamodb) ? dynamodb['Keys'] : undefined;
  const isKnown = typeof eventSourceARN === 'string' && isObject(keys) && Object.keys(keys).length > 0;
  return isKnown
    ? { eventSourceArn: eventSourceARN, keys: keys as MarshalledImage }
    : { eventSourceArn: '', keys: undefined };
}
