import type { RawRecord } from './record.ts';

/** When DynamoDB wrote the change: Lambda says it in epoch seconds (fractions allowed), the Streams API as a date. */
export const createdAtOf = (raw: RawRecord): Date => new Date(createdAtMsOf(raw));

/** The same in epoch milliseconds; NaN if the record does not say. */
export function createdAtMsOf(raw: RawRecord): number {
  const written: unknown = raw.dynamodb?.ApproximateCreationDateTime;
  return written instanceof Date ? written.getTime() : Number(written ?? NaN) * 1_000;
}

export const sizeBytesOf = (raw: RawRecord): number => raw.dynamodb?.SizeBytes ?? 0;

/**
 * Whether DynamoDB deleted the item by its time to live.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
export function isExpiry(raw: RawRecord): boolean {
  const identity = (raw.userIdentity ?? {}) as Readonly<Record<string, unknown>>;
  const type = identity['type'] ?? identity['Type'];
  const principal = identity['principalId'] ?? identity['PrincipalId'];
  return type === 'Service' && principal === 'dynamodb.amazonaws.com';
}
