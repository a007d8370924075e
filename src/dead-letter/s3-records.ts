import type { S3Client } from '@aws-sdk/client-s3';
import { DeadLetterError } from '../errors.ts';
import type { FetchElsewhere } from './decode-letter.ts';
import type { KeepElsewhere } from './encode-letter.ts';

/** An `S3Client`, told by its method: its package is optional, and types must not need it either. */
export interface AnyS3Client {
  send(command: never): Promise<unknown>;
}

export interface S3RecordsOptions {
  readonly bucket: string;
  readonly keyPrefix: string;
  readonly client: AnyS3Client | undefined;
}

/** Keeps the gzipped records of letters that are too large for the queue: one object a letter. */
export function keepInS3({ bucket, keyPrefix, client }: S3RecordsOptions): KeepElsewhere {
  const load = s3Loader(client);
  return async (letterId, gzipped) => {
    const key = `${keyPrefix}${letterId}.json.gz`;
    const { s3, PutObjectCommand } = await load();
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: gzipped,
      ContentType: 'application/gzip',
    });
    await s3.send(command).catch((cause: unknown) => {
      throw new DeadLetterError(
        `the bucket "${bucket}" could not be written to. Does it exist, and may the function s3:PutObject to it?`,
        { cause },
      );
    });
    return { bucket, key };
  };
}

/** Reads what {@link keepInS3} has kept: for `decodeLetter(body, { fetchElsewhere: fetchFromS3() })`. */
export function fetchFromS3({ client }: { readonly client?: AnyS3Client } = {}): FetchElsewhere {
  const load = s3Loader(client);
  return async ({ bucket, key }) => {
    const { s3, GetObjectCommand } = await load();
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (cause) {
      throw new DeadLetterError(`the object "${key}" in bucket "${bucket}" could not be read`, { cause });
    }
  };
}

/** The client and its commands, loaded when they are first needed and kept. */
function s3Loader(client: AnyS3Client | undefined) {
  // What a user hands in as an S3 client is taken for one.
  let made = client as S3Client | undefined;
  return async () => {
    const { GetObjectCommand, PutObjectCommand, S3Client: Client } = await importS3();
    made ??= new Client({});
    return { s3: made, GetObjectCommand, PutObjectCommand };
  };
}

async function importS3() {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (cause) {
    throw new DeadLetterError(
      'a letter is too large for the queue and the package @aws-sdk/client-s3 is not installed: npm install @aws-sdk/client-s3',
      { cause },
    );
  }
}
