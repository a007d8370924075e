import { createHash } from 'node:crypto';
import type { AttributeValue, Identity, StreamViewType } from '@aws-sdk/client-dynamodb-streams';

/** An item as DynamoDB's API writes it: `marshall` of `@aws-sdk/util-dynamodb` makes one of plain values. */
export type MarshalledItem = Readonly<Record<string, AttributeValue>>;

/** One change of an item. With a new image alone it is an INSERT, with an old one alone a REMOVE, with both a MODIFY. */
export interface StreamChange {
  readonly newImage?: MarshalledItem;
  readonly oldImage?: MarshalledItem;
  /** Seconds since the epoch, fractions allowed. Default: the server's clock, rounded down to the second as AWS does. */
  readonly approximateCreationDateTime?: number;
  /** Who made the change, when it was not a client: time to live signs with `dynamodb.amazonaws.com`. */
  readonly userIdentity?: Identity;
}

export interface TableShape {
  readonly streamArn: string;
  readonly region: string;
  readonly viewType: StreamViewType;
  /** The names of the key attributes, the partition key first. */
  readonly keyNames: readonly string[];
}

/** The attributes of the primary key. */
export function keysOf(change: StreamChange, keyNames: readonly string[]): MarshalledItem {
  const image = change.newImage ?? change.oldImage ?? {};
  return Object.fromEntries(
    keyNames.map((name) => {
      const value = Object.hasOwn(image, name) ? image[name] : undefined;
      if (value === undefined)
        throw new TypeError(
          `A change has no key attribute "${name}". Put it into its images, or name the table's keys in the option keyNames.`,
        );
      return [name, value];
    }),
  );
}

/** The place of a change's partition key in the space of hashes, from 0 up to `hashSpace`. */
export function hashOfPartitionKey(change: StreamChange, keyNames: readonly string[]): number {
  const partitionKey = keysOf(change, keyNames.slice(0, 1));
  return createHash('md5')
    .update(JSON.stringify(plain(partitionKey)))
    .digest()
    .readUInt32BE();
}

export const hashSpace = 2 ** 32;

/** A record as GetRecords answers with it, in JSON. */
export function recordJson(
  change: StreamChange,
  sequenceNumber: string,
  table: TableShape,
  at: number,
): Buffer {
  const { viewType } = table;
  const keys = keysOf(change, table.keyNames);
  const newImage =
    viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? change.newImage : undefined;
  const oldImage =
    viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? change.oldImage : undefined;
  const sizes = [keys, newImage, oldImage].map((item) => (item ? sizeOfItem(item) : 0));
  const record = {
    eventID: createHash('md5').update(`${table.streamArn} ${sequenceNumber}`).digest('hex'),
    eventName: eventNameOf(change),
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: table.region,
    dynamodb: {
      ApproximateCreationDateTime: change.approximateCreationDateTime ?? Math.floor(at / 1_000),
      Keys: plain(keys),
      NewImage: plain(newImage),
      OldImage: plain(oldImage),
      SequenceNumber: sequenceNumber,
      SizeBytes: sizes.reduce((sum, size) => sum + size),
      StreamViewType: viewType,
    },
    userIdentity: change.userIdentity,
  };
  return Buffer.from(JSON.stringify(record));
}

const eventNameOf = ({ newImage, oldImage }: StreamChange) => {
  if (newImage && oldImage) return 'MODIFY';
  return newImage ? 'INSERT' : 'REMOVE';
};

/** Binary values as base64, the rest as it is; an attribute called `__proto__` stays one. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
};

/** About what DynamoDB counts: names and texts in UTF-8, bytes as they are.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const sizeOfItem = (item: MarshalledItem): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);

const sizeOfValue = (value: AttributeValue): number => {
  if (value.L) return value.L.reduce((sum, inner) => sum + 1 + sizeOfValue(inner), 3);
  if (value.M) return 3 + Object.keys(value.M).length + sizeOfItem(value.M);
  const contents: readonly unknown[] = Object.values(value).flat();
  return contents.reduce<number>((sum, content) => sum + sizeOfContent(content), 0);
};

const sizeOfContent = (content: unknown): number => {
  if (typeof content === 'string') return Buffer.byteLength(content);
  if (content instanceof Uint8Array) return content.byteLength;
  return content === undefined ? 0 : 1;
};
