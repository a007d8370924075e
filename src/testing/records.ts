import { hash } from 'node:crypto';
import { hrtime } from 'node:process';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { InvalidOptionError } from '../errors.ts';
import type { Entity } from '../routing/entity.ts';
import { matchesPattern } from '../routing/where.ts';
import { toLambdaJson } from '../stream/lambda-record.ts';
import type { EventName, MarshalledImage, RawRecord, StreamView } from '../stream/record.ts';
import { isObject, viewHasNewImage, viewHasOldImage } from '../stream/record.ts';

/** An item as a handler writes it: plain values, bytes as `Uint8Array`, sets as `Set`. */
export type PlainItem = Readonly<Record<string, unknown>>;

/** What a record says beside its images; everything has a default. */
export interface RecordOverrides {
  /** Fills in the literals of the entity's `where`, and refuses an item that is none of it. */
  readonly entity?: Entity<unknown>;
  /** Default `Shop`. */
  readonly table?: string;
  /** The names of the key attributes. Default: those of `pk` and `sk`, else `id`, that the item has. */
  readonly keys?: readonly string[];
  /** Default `NEW_AND_OLD_IMAGES`. */
  readonly view?: StreamView;
  /** Default: higher than that of every record built before. */
  readonly sequenceNumber?: string;
  /** Default: 32 hex digits made of stream and sequence number. */
  readonly eventId?: string;
  /** Default: now. */
  readonly createdAt?: Date;
  /** Default `us-east-1`. */
  readonly region?: string;
}

/** A record of an item that was put where there was none. */
export const insertRecord = (item: PlainItem, overrides: RecordOverrides = {}): RawRecord =>
  buildRecord('INSERT', { newImage: item }, overrides);

/** A record of an item that was changed. */
export const modifyRecord = (
  items: { readonly oldImage: PlainItem; readonly newImage: PlainItem },
  overrides: RecordOverrides = {},
): RawRecord => buildRecord('MODIFY', items, overrides);

/** A record of an item that was deleted; `expired`: by its time to live. */
export const removeRecord = (
  item: PlainItem,
  { expired = false, ...overrides }: RecordOverrides & { readonly expired?: boolean } = {},
): RawRecord => ({
  ...buildRecord('REMOVE', { oldImage: item }, overrides),
  ...(expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
});

/** The event that Lambda hands over with these records. */
export const streamEvent = (...records: readonly RawRecord[]): DynamoDBStreamEvent => ({
  Records: [...records],
});

function buildRecord(
  eventName: EventName,
  images: { readonly newImage?: PlainItem; readonly oldImage?: PlainItem },
  overrides: RecordOverrides,
): RawRecord {
  const { table = 'Shop', view = 'NEW_AND_OLD_IMAGES', region = 'us-east-1', createdAt } = overrides;
  const newImage = images.newImage && toImage(images.newImage, overrides.entity);
  const oldImage = images.oldImage && toImage(images.oldImage, overrides.entity);
  const current = newImage ?? oldImage ?? {};
  refuseForeignItem(current, overrides.entity);
  const sequenceNumber = overrides.sequenceNumber ?? nextSequenceNumber();
  const eventSourceARN = `arn:aws:dynamodb:${region}:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`;
  const shown = {
    Keys: keysOf(current, overrides.keys),
    ...(newImage && viewHasNewImage(view) && { NewImage: newImage }),
    ...(oldImage && viewHasOldImage(view) && { OldImage: oldImage }),
  };
  return {
    eventID: overrides.eventId ?? hash('md5', `${eventSourceARN} ${sequenceNumber}`),
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor((createdAt ?? new Date()).getTime() / 1_000),
      ...shown,
      SequenceNumber: sequenceNumber,
      SizeBytes: Buffer.byteLength(JSON.stringify(shown)),
      StreamViewType: view,
    },
    eventSourceARN,
  };
}

/** 21 digits, as DynamoDB's shortest ones; the clock makes them grow without anything being kept. */
const nextSequenceNumber = (): string => String(100_000_000_000_000_000_000n + hrtime.bigint());

function toImage(item: PlainItem, entity: Entity<unknown> | undefined): Record<string, never> {
  const literals = Object.entries(entity?.where ?? {}).filter(([, pattern]) => !isObject(pattern));
  const filled = { ...Object.fromEntries(literals), ...item };
  return toLambdaJson(marshall(filled, { removeUndefinedValues: true })) as Record<string, never>;
}

function keysOf(image: Record<string, never>, names: readonly string[] | undefined): Record<string, never> {
  const wanted = names ?? ['pk', 'sk'].filter((name) => name in image);
  const present = (wanted.length > 0 ? wanted : ['id']).filter((name) => name in image);
  const [first] = present;
  if (first === undefined || (names !== undefined && present.length < names.length))
    throw new InvalidOptionError(
      `the item has no key attribute${names ? ` "${names.join('", "')}"` : ' "pk", "sk" or "id"'}; name those it has: { keys: ['customerId'] }`,
    );
  return Object.fromEntries(present.map((name) => [name, image[name]])) as Record<string, never>;
}

function refuseForeignItem(image: MarshalledImage, entity: Entity<unknown> | undefined): void {
  for (const [name, pattern] of Object.entries(entity?.where ?? {})) {
    if (!matchesPattern(image[name], pattern))
      throw new InvalidOptionError(
        `the item is not of entity "${entity?.name ?? ''}": its attribute "${name}" does not match`,
      );
  }
}
