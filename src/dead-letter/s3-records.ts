import type { S3Client } from '@aws-sdk/client-s3';
import { DeadLetterError } from '../errors.ts';
import type { FetchElsewhere } from './decode-letter.ts';
import type { KeepElsewhere } from './encode-letter.ts';

export interface S3RecordsOptions {
  readonly bucket: string;
  readonly keyPrefix: string;
  readonly client: S3Client | undefined;
}

/** Keeps the gzipped records of letters that are too large for the queue: one object a letter. */
export function keepInS3({ bucket, keyPrefix, client }: S3RecordsOptions): KeepElsewhere {
  return async (letterId, gzipped) => {
    const key = `${keyPrefix}${letterId}.json.gz`;
    const { PutObjectCommand, S3Client: Client } = await loadS3();
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: gzipped,
      ContentType: 'application/gzip',
    });
    await (client ?? new Client({})).send(command).catch((cause: unknown) => {
      throw new DeadLetterError(
        `the bucket "${bucket}" could not be written to. Does it exist, and may the function s3:PutObject to it?`,
        { cause },
      );
    });
    return { bucket, key };
  };
}

/** Reads what {@link keepInS3} has kept. */
export function fetchFromS3({ client }: { readonly client?: S3Client }): FetchElsewhere {
  return async ({ bucket, key }) => {
    const { GetObjectCommand, S3Client: Client } = await loadS3();
    const { Body } = await (client ?? new Client({})).send(
      new GetObjectCommand({ Bucket: bucket, Key: key }),
    );
    if (Body === undefined) throw new DeadLetterError(`the object ${key} in bucket "${bucket}" is empty`);
    return Body.transformToByteArray();
  };
}

async function loadS3() {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (cause) {
    throw new DeadLetterError(
      'a letter is too large for the queue and the package @aws-sdk/client-s3 is not installed: npm install @aws-sdk/client-s3',
      { cause },
    );
  }
}
