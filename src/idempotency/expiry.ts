import { InvalidOptionError } from '../errors.ts';

/** A stream keeps a record for so long, and Lambda delivers it again for no longer.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
export const streamRetentionSeconds = 24 * 60 * 60;
export const defaultExpirySeconds = 2 * streamRetentionSeconds;

/** @throws InvalidOptionError if a redelivery could come after the entry has expired. */
export function checkedExpiry(expiresAfterSeconds = defaultExpirySeconds): number {
  if (!(Number.isInteger(expiresAfterSeconds) && expiresAfterSeconds > streamRetentionSeconds))
    throw new InvalidOptionError(
      `ledger: "expiresAfterSeconds" must be a whole number above ${streamRetentionSeconds}, the 24 hours for which ` +
        `the stream delivers again, got ${String(expiresAfterSeconds)}`,
    );
  return expiresAfterSeconds;
}

/** The settings of a persistence layer of Powertools that is used as a ledger. */
export const layerSettings = (expiresAfterSeconds: number) =>
  ({ expiresAfterSeconds, hashFunction: 'sha256', throwOnNoIdempotencyKey: true }) as const;
