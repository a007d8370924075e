import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLetter } from '../../src/dead-letter/decode-letter.ts';
import type { KeepElsewhere, S3Place } from '../../src/dead-letter/encode-letter.ts';
import { encodeLetter } from '../../src/dead-letter/encode-letter.ts';
import { letterAttributes } from '../../src/dead-letter/letter.ts';
import { LetterTooLargeError } from '../../src/errors.ts';
import { insertRecord } from '../../src/testing/index.ts';
import { acceptedBySqs, anyLetter, incompressibleLetter, letterFor, simpleLetter } from './letters.ts';

const largest = 1_048_576;

/** A bucket in memory. */
function bucket() {
  const objects = new Map<string, Uint8Array>();
  const keepElsewhere: KeepElsewhere = (letterId, gzipped) => {
    objects.set(letterId, gzipped);
    return Promise.resolve({ bucket: 'letters', key: letterId });
  };
  const fetchElsewhere = ({ key }: S3Place) => Promise.resolve(objects.get(key) ?? new Uint8Array());
  return { objects, keepElsewhere, fetchElsewhere };
}

const bytesCounted = (body: string, attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes)
    .flatMap(([name, value]) => [name, 'String', value])
    .reduce((sum, text) => sum + Buffer.byteLength(text), Buffer.byteLength(body));

describe('an encoded letter', () => {
  it('is the letter in JSON', async () => {
    const letter = simpleLetter();
    const encoded = await encodeLetter(letter, largest, undefined);
    expect(JSON.parse(encoded.body)).toEqual(letter);
    expect(encoded).toMatchObject({ id: letter.id, attributes: letterAttributes(letter) });
  });

  it('counts its bytes as SQS does: body, and names, types and values of the attributes, in UTF-8', async () => {
    const letter = letterFor(insertRecord({ id: 'ä€😀' }), { consumer: 'größe' });
    const { body, attributes, bytes } = await encodeLetter(letter, largest, undefined);
    expect(bytes).toBe(bytesCounted(body, attributes));
  });

  it('comes back as it was, in characters that SQS accepts, whatever the record and its error hold', async () => {
    await fc.assert(
      fc.asyncProperty(anyLetter, async (letter) => {
        const { body } = await encodeLetter(letter, largest, undefined);
        expect(body).toMatch(acceptedBySqs);
        expect(JSON.stringify(await decodeLetter(body))).toBe(JSON.stringify(letter));
      }),
      { numRuns: 500 },
    );
  });

  it('comes back as it was whether it went plain, compressed or through a bucket', async () => {
    await fc.assert(
      fc.asyncProperty(anyLetter, fc.integer({ min: 0, max: 1_000 }), async (letter, less) => {
        const plain = await encodeLetter(letter, largest, undefined);
        const { keepElsewhere, fetchElsewhere } = bucket();
        const limit = plain.bytes - less;
        const encoded = await encodeLetter(letter, limit, keepElsewhere).catch((error: unknown) => error);
        // Smaller than a letter without its record it cannot be.
        if (encoded instanceof LetterTooLargeError) return;
        const { body, bytes } = encoded as typeof plain;
        expect(bytes).toBeLessThanOrEqual(limit);
        expect(body).toMatch(acceptedBySqs);
        expect(await decodeLetter(body, { fetchElsewhere })).toEqual(letter);
      }),
      { numRuns: 300 },
    );
  });

  it('is compressed above the limit, and not at it', async () => {
    const letter = letterFor(insertRecord({ id: 'a', text: 'compressible '.repeat(1_000) }));
    const { bytes } = await encodeLetter(letter, largest, undefined);
    const at = JSON.parse((await encodeLetter(letter, bytes, undefined)).body) as Record<string, unknown>;
    expect(at['record']).toEqual(letter.record);
    const above = await encodeLetter(letter, bytes - 1, undefined);
    const content = JSON.parse(above.body) as Record<string, unknown>;
    const { record, ...rest } = letter;
    expect(content).toEqual({ ...rest, recordGzip: content['recordGzip'] });
    const unpacked = gunzipSync(Buffer.from(String(content['recordGzip']), 'base64')).toString();
    expect(JSON.parse(unpacked)).toEqual(record);
    expect(await decodeLetter(above.body)).toEqual(letter);
  });

  it('is kept elsewhere if it is too large compressed, and says where', async () => {
    const letter = incompressibleLetter(20_000);
    const { objects, keepElsewhere, fetchElsewhere } = bucket();
    const encoded = await encodeLetter(letter, 8_192, keepElsewhere);
    const { record, ...rest } = letter;
    expect(JSON.parse(encoded.body)).toEqual({ ...rest, recordS3: { bucket: 'letters', key: letter.id } });
    expect(JSON.parse(gunzipSync(objects.get(letter.id) ?? '').toString())).toEqual(record);
    expect(encoded.attributes).toEqual(letterAttributes(letter));
    expect(await decodeLetter(encoded.body, { fetchElsewhere })).toEqual(letter);
  });

  it('is refused if it is too large compressed and there is nowhere else, and says what to do', async () => {
    const letter = incompressibleLetter(20_000);
    const refused = encodeLetter(letter, 8_192, undefined);
    await expect(refused).rejects.toThrow(LetterTooLargeError);
    await expect(refused).rejects.toThrow(
      new RegExp(`letter ${letter.id} of route "tell-customer" has \\d+ bytes .* takes 8192.*bucket`),
    );
  });

  it('is refused, once kept elsewhere, if it is too large without its record', async () => {
    const letter = letterFor(insertRecord({ id: 'a' }), { error: new Error('x'.repeat(10_000)) });
    await expect(encodeLetter(letter, 4_096, bucket().keepElsewhere)).rejects.toThrow('without its record');
  });

  it('fails with what the other place fails with', async () => {
    const failing: KeepElsewhere = () => Promise.reject(new Error('no bucket'));
    await expect(encodeLetter(incompressibleLetter(20_000), 8_192, failing)).rejects.toThrow('no bucket');
  });
});
