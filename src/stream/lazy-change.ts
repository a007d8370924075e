import { UnreadableRecordError } from '../errors.ts';
import type { Image } from './attribute-value.ts';
import { decodeImage } from './attribute-value.ts';
import { changedAttributes } from './changed-attributes.ts';
import type { ReadRecord } from './read-record.ts';
import { createdAtOf, isExpiry, sizeBytesOf } from './record-facts.ts';
import type { EventName, MarshalledImage, RawRecord, StreamView } from './record.ts';
import { viewHasNewImage, viewHasOldImage } from './record.ts';

/** Images that a schema has read already, in place of the decoded ones. */
export interface ValidatedImages {
  readonly newImage?: unknown;
  readonly oldImage?: unknown;
}

/**
 * A change whose key and images are decoded when they are first looked at. A class with getters on its prototype, for a
 * literal with getters costs 0.7 µs a record and this 0.04; what is not there in the view or event is `undefined`.
 */
export class LazyChange {
  readonly eventName: EventName;
  readonly table: string;
  readonly region: string;
  readonly eventSourceArn: string;
  readonly eventId: string;
  readonly sequenceNumber: string;
  readonly raw: RawRecord;
  readonly #record: ReadRecord;
  readonly view: StreamView;
  readonly #validated: ValidatedImages | undefined;
  #keys: Image | undefined;
  #newImage: Image | undefined;
  #oldImage: Image | undefined;
  #changed: readonly string[] | undefined;

  constructor(record: ReadRecord, view: StreamView, validated?: ValidatedImages) {
    this.eventName = record.eventName;
    this.table = record.table;
    this.region = record.region;
    this.eventSourceArn = record.eventSourceArn;
    this.eventId = record.eventId;
    this.sequenceNumber = record.sequenceNumber;
    this.raw = record.raw;
    this.#record = record;
    this.view = view;
    this.#validated = validated;
  }

  get keys(): Image {
    return (this.#keys ??= decodeNamed('Keys', this.#record.keys));
  }

  get newImage(): unknown {
    if (this.#validated !== undefined) return this.#validated.newImage;
    if (this.eventName === 'REMOVE' || !viewHasNewImage(this.view)) return undefined;
    return (this.#newImage ??= decodeNamed('NewImage', this.#record.newImage));
  }

  get oldImage(): unknown {
    if (this.#validated !== undefined) return this.#validated.oldImage;
    if (this.eventName === 'INSERT' || !viewHasOldImage(this.view)) return undefined;
    return (this.#oldImage ??= decodeNamed('OldImage', this.#record.oldImage));
  }

  get changed(): readonly string[] | undefined {
    const { oldImage, newImage } = this.#record;
    if (this.eventName !== 'MODIFY' || this.view !== 'NEW_AND_OLD_IMAGES') return undefined;
    return (this.#changed ??= changedAttributes(oldImage ?? {}, newImage ?? {}));
  }

  get expired(): boolean | undefined {
    return this.eventName === 'REMOVE' ? isExpiry(this.raw) : undefined;
  }

  get createdAt(): Date {
    return createdAtOf(this.raw);
  }

  get sizeBytes(): number {
    return sizeBytesOf(this.raw);
  }
}

function decodeNamed(name: 'Keys' | 'NewImage' | 'OldImage', image: MarshalledImage | undefined): Image {
  if (image === undefined) throw new UnreadableRecordError(`the record has no "${name}"`);
  try {
    return decodeImage(image);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    throw new UnreadableRecordError(`${name}: ${error.message}`, { cause: error });
  }
}
