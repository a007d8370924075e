import type { Attribute, Image } from './attribute-value.ts';
import type { RawRecord, StreamView } from './record.ts';

/** What every change tells, whatever happened and whatever the stream's view is. */
export interface ChangeFacts {
  /** The primary key of the item, decoded. */
  readonly keys: Image;
  readonly table: string;
  /** The AWS region the change was made in. */
  readonly region: string;
  readonly eventSourceArn: string;
  /** Unique in one stream; not ordered. */
  readonly eventId: string;
  /** A decimal string; numbers of one item only grow. Compare as `BigInt`. */
  readonly sequenceNumber: string;
  /** When DynamoDB wrote the change, rounded down to the second; an invalid date if the record does not say. */
  readonly createdAt: Date;
  /** The size of the record in DynamoDB's counting. */
  readonly sizeBytes: number;
  /** The record as it came. */
  readonly raw: RawRecord;
}

type NewImageIn<View extends StreamView, Item> = View extends 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES'
  ? { readonly newImage: Item }
  : { readonly newImage?: never };

type OldImageIn<View extends StreamView, Item> = View extends 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'
  ? { readonly oldImage: Item }
  : { readonly oldImage?: never };

type ChangedIn<View extends StreamView> = View extends 'NEW_AND_OLD_IMAGES'
  ? {
      /** The names of the top-level attributes that differ between the two images: added, removed or of another value. */
      readonly changed: readonly string[];
    }
  : { readonly changed?: never };

/** An item was put where there was none. */
export type InsertRecord<Item = Image, View extends StreamView = 'NEW_AND_OLD_IMAGES'> = ChangeFacts & {
  readonly eventName: 'INSERT';
} & NewImageIn<View, Item> & {
    readonly oldImage?: never;
    readonly changed?: never;
    readonly expired?: never;
  };

/** An item was changed. */
export type ModifyRecord<Item = Image, View extends StreamView = 'NEW_AND_OLD_IMAGES'> = ChangeFacts & {
  readonly eventName: 'MODIFY';
} & NewImageIn<View, Item> &
  OldImageIn<View, Item> &
  ChangedIn<View> & { readonly expired?: never };

/** An item was deleted. */
export type RemoveRecord<Item = Image, View extends StreamView = 'NEW_AND_OLD_IMAGES'> = ChangeFacts & {
  readonly eventName: 'REMOVE';
  /**
   * Whether DynamoDB deleted it because its time to live had passed.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
   */
  readonly expired: boolean;
} & OldImageIn<View, Item> & { readonly newImage?: never; readonly changed?: never };

/** Any change: a union on `eventName`. */
export type ChangeRecord<Item = Image, View extends StreamView = 'NEW_AND_OLD_IMAGES'> =
  InsertRecord<Item, View> | ModifyRecord<Item, View> | RemoveRecord<Item, View>;

export type { Attribute, Image };
