import type { S3Place } from '../../dead-letter/encode-letter.ts';
import { ReplayError } from '../../errors.ts';
import { isObject } from '../../stream/record.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The text that SNS wraps when it puts a message into a queue, unless the subscription has raw delivery.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export const messageInSns = ({ Type, Message }: Json): string | undefined =>
  Type === 'Notification' && typeof Message === 'string' ? Message : undefined;

/** Whether S3 tells of objects, or tells that from now on it will. */
export const isFromS3 = ({ Service, Event, Records }: Json): boolean =>
  (Service === 'Amazon S3' && Event === 's3:TestEvent') ||
  (Array.isArray(Records) &&
    Records.length > 0 &&
    Records.every((record) => isObject(record) && record['eventSource'] === 'aws:s3'));

/**
 * The object that a notification of S3 tells of.
 * @throws ReplayError if it is not one object that was written
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function objectInNotification({ Records }: Json): S3Place {
  if (!Array.isArray(Records))
    throw new ReplayError(
      'it is the message by which S3 tries whether it may notify this queue; it can be deleted',
    );
  const [record, ...others] = Records as readonly unknown[];
  if (others.length > 0)
    throw new ReplayError(
      `it is a notification of S3 about ${Records.length} objects, and only one object can be settled with a message; ` +
        'copy the objects into messages of their own',
    );
  const { eventName, s3 } = isObject(record) ? record : {};
  if (typeof eventName === 'string' && !eventName.startsWith('ObjectCreated:'))
    throw new ReplayError('it is a notification of S3 about something else than an object that was written');
  const bucket = nameIn(s3, 'bucket', 'name');
  const key = decodeKey(nameIn(s3, 'object', 'key'));
  // A name, and no ARN: that could lead to anywhere.
  if (bucket === undefined || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || key === undefined)
    throw new ReplayError('it is a notification of S3 that names no bucket and key');
  return { bucket, key };
}

function nameIn(owner: unknown, part: string, name: string): string | undefined {
  const inner = isObject(owner) ? owner[part] : undefined;
  const value = isObject(inner) ? inner[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Keys come as a form's fields do, with "+" for a space. */
function decodeKey(key: string | undefined): string | undefined {
  try {
    const decoded = decodeURIComponent((key ?? '').replaceAll('+', ' '));
    return decoded === '' || Buffer.byteLength(decoded) > 1_024 ? undefined : decoded;
  } catch {
    return undefined;
  }
}
