import { harmless } from '../quote-text.ts';
import { imageJson, valueFormat } from '../value-json.ts';
import type { SeenChange } from './seen-change.ts';

/** What `--help` says about the lines of `--json`. */
export const jsonFormat = `Each line of --json is an object with these fields, as far as the stream's view has them:
  table, eventName   names
  keys               the key of the item, decoded
  newImage, oldImage the item after and before, decoded (not with --keys-only)
  changed            of a MODIFY: the names of the top-level attributes that differ
  createdAt          when it was written, ISO 8601; DynamoDB rounds down to the second
  sequenceNumber, shardId, eventId
                     strings; sequence numbers are ordered within a shard, as numbers
  expired            of a REMOVE: whether it was by time to live
${valueFormat}`;

/** A change as one line of JSON, without the end of the line. */
export function jsonLine(change: SeenChange, { keysOnly }: { readonly keysOnly: boolean }): string {
  const { table, eventName, keys, newImage, oldImage, changed, expired, createdAt } = change;
  const { sequenceNumber, shardId, eventId } = change;
  const json = {
    table,
    eventName,
    keys: imageJson(keys),
    newImage: newImage && !keysOnly ? imageJson(newImage) : undefined,
    oldImage: oldImage && !keysOnly ? imageJson(oldImage) : undefined,
    changed,
    createdAt: Number.isNaN(createdAt.getTime()) ? undefined : createdAt.toISOString(),
    sequenceNumber,
    shardId,
    eventId,
    expired,
  };
  return harmless(JSON.stringify(json));
}
