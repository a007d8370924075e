import type { Letter } from '../../dead-letter/letter.ts';
import type { RawRecord } from '../../stream/record.ts';

/** What lies in a message of the queue. */
export type Found =
  | { readonly kind: 'letter'; readonly letter: Letter }
  | { readonly kind: 'pointer'; readonly pointer: Pointer }
  /** Not for us, or not to be read: it is left as it is. `why` says so to a person, without data. */
  | { readonly kind: 'foreign'; readonly why: string; readonly traits?: ForeignTraits };

/** What a letter that cannot be read says of itself all the same, so that who asks for its like hears of it. */
export interface ForeignTraits {
  readonly id?: string;
  readonly route?: string | null;
  readonly consumer?: string;
  readonly reason?: string;
  /** The name of its error. */
  readonly error?: string;
  readonly table?: string;
  readonly failedAt?: string;
}

/** What Lambda writes when it gives a batch up.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
export interface Pointer {
  /** Names it: the request id of the last invocation, and the range. */
  readonly id: string;
  readonly functionArn: string;
  /** Its name, from the ARN. */
  readonly functionName: string;
  /** `RetryAttemptsExhausted` or `RecordAgeExceeded`, or what else Lambda says. */
  readonly condition: string;
  readonly invokeCount: number;
  /** ISO 8601: when Lambda gave it up. */
  readonly timestamp: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly first: string;
  readonly last: string;
  readonly batchSize: number;
  /** ISO 8601. */
  readonly firstArrivedAt: string | undefined;
  readonly lastArrivedAt: string | undefined;
  /** The records themselves, where the destination was S3: nothing need be read from the stream. */
  readonly records: readonly RawRecord[] | undefined;
}

/** What a pointer points to. */
export type Range =
  /** `isExact`: as many records as the batch had. */
  | { readonly kind: 'whole'; readonly records: readonly RawRecord[]; readonly isExact: boolean }
  /** The stream keeps records for 24 hours. `records`: what of the range is still there. */
  | { readonly kind: 'expired'; readonly records: readonly RawRecord[]; readonly why: string };
