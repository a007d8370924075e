import type { S3Client } from '@aws-sdk/client-s3';
import type { FetchElsewhere } from '../../dead-letter/decode-letter.ts';
import type { AnyS3Client } from '../../dead-letter/s3-records.ts';
import { ReplayError } from '../../errors.ts';

export interface S3ObjectOptions {
  /** A client of your own. Default: one made when it is needed. */
  readonly client?: AnyS3Client;
  /** Default 32 MiB: an event of 6 MB as a text within JSON is never as large. */
  readonly maxBytes?: number;
}

/**
 * Reads objects of S3 as they lie there, up to a bound: what a message names may be of any size.
 * @throws ReplayError if there is no such object, or one that is too large; whatever else the client throws
 */
export function fetchObjectFromS3({
  client,
  maxBytes = 32 * 1_048_576,
}: S3ObjectOptions = {}): FetchElsewhere {
  // What a user hands in as an S3 client is taken for one.
  let made = client as S3Client | undefined;
  return async ({ bucket, key }) => {
    const { GetObjectCommand, NoSuchBucket, NoSuchKey, S3Client: Client } = await importS3();
    made ??= new Client({});
    const closing = new AbortController();
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const { Body, ContentLength = 0 } = await made.send(command, { abortSignal: closing.signal });
      // In Node.js it is a stream of bytes.
      return await readUpTo(maxBytes, ContentLength, (Body ?? []) as AsyncIterable<Uint8Array>);
    } catch (cause) {
      if (cause instanceof NoSuchKey || cause instanceof NoSuchBucket)
        throw new ReplayError('the object in S3 that holds its records is not there, or is there no more', {
          cause,
        });
      throw cause;
    } finally {
      // Ends the download of what was not read.
      closing.abort();
    }
  };
}

/** Refuses what is too large within the loop: leaving it is what lets go of the stream. */
async function readUpTo(
  maxBytes: number,
  claimedBytes: number,
  body: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (Math.max(bytes, claimedBytes) > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (maxBytes: number): ReplayError =>
  new ReplayError(
    `the object in S3 that is to hold its records is larger than ${maxBytes} bytes; it was not read`,
  );

async function importS3() {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (cause) {
    throw new ReplayError(
      'its records lie in S3, and the package @aws-sdk/client-s3 is not installed: npm install @aws-sdk/client-s3',
      { cause },
    );
  }
}
