import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import { LocalStackError } from '../../errors.ts';
import { toLambdaRecord } from '../../stream/lambda-record.ts';
import { itemOf } from '../../stream/lane.ts';
import type { RawRecord } from '../../stream/record.ts';
import type { Clock } from '../clock.ts';

/** A record as it waits for its invocation: already the JSON that Lambda sends, so that no one can change it. */
export interface BatchRecord {
  readonly sequenceNumber: string;
  /** The item it is a change of: its full primary key. */
  readonly item: string;
  readonly arrivedAt: Date;
  readonly json: string;
  readonly sizeBytes: number;
}

export type RecordMapper = (record: RawRecord) => RawRecord;

export interface RecordSieve {
  readonly streamArn: string;
  readonly passes: (record: unknown) => boolean;
  readonly mapRecord: RecordMapper;
  readonly clock: Pick<Clock, 'now'>;
}

/** A record of the stream: one to deliver, or one that the filters passed over. */
export type SiftedRecord =
  | { readonly kind: 'wanted'; readonly sequenceNumber: string; readonly record: BatchRecord }
  | { readonly kind: 'filtered'; readonly sequenceNumber: string };

/** Makes Lambda's record of the stream's, and asks the filters about it as it is then.
 * @throws LocalStackError for a record without a sequence number, or with another one after `mapRecord` */
export function sift(
  record: StreamsApiRecord,
  { streamArn, passes, mapRecord, clock }: RecordSieve,
): SiftedRecord {
  const sequenceNumber = record.dynamodb?.SequenceNumber;
  if (sequenceNumber === undefined)
    throw new LocalStackError(
      `Record ${record.eventID ?? '(no id)'} of ${streamArn} has no sequence number.`,
    );
  const lambdaRecord: RawRecord = mapRecord(toLambdaRecord(record, { eventSourceArn: streamArn }));
  if (lambdaRecord.dynamodb?.SequenceNumber !== sequenceNumber)
    throw new LocalStackError(
      `mapRecord changed the sequence number of record ${sequenceNumber} of ${streamArn}.`,
    );
  if (!passes(lambdaRecord)) return { kind: 'filtered', sequenceNumber };
  const json = JSON.stringify(lambdaRecord);
  return {
    kind: 'wanted',
    sequenceNumber,
    record: {
      sequenceNumber,
      item: itemOf({ keys: lambdaRecord.dynamodb.Keys ?? {} }),
      // AWS says that it may be missing; then all that is known is that it is here.
      arrivedAt: record.dynamodb?.ApproximateCreationDateTime ?? new Date(clock.now()),
      json,
      sizeBytes: Buffer.byteLength(json),
    },
  };
}
