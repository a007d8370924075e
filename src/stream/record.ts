import type { AttributeValue as LambdaAttributeValue, DynamoDBRecord } from 'aws-lambda';

/** A record as Lambda hands it over. */
export type RawRecord = DynamoDBRecord;

/** A map of attributes as Lambda hands it over: marshalled, bytes in base64. */
export type MarshalledImage = Readonly<Record<string, LambdaAttributeValue>>;

/** What a stream writes into its records.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html */
export type StreamView = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

export const streamViews: readonly StreamView[] = [
  'KEYS_ONLY',
  'NEW_IMAGE',
  'OLD_IMAGE',
  'NEW_AND_OLD_IMAGES',
];

export type EventName = 'INSERT' | 'MODIFY' | 'REMOVE';

export const eventNames: readonly EventName[] = ['INSERT', 'MODIFY', 'REMOVE'];

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const viewHasNewImage = (view: StreamView): boolean =>
  view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES';

export const viewHasOldImage = (view: StreamView): boolean =>
  view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES';
