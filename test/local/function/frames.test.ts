import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/local/function/frames.ts';
import { createFrameReader, encodeFrame } from '../../../src/local/function/frames.ts';

const frames = fc.array(
  fc.record({
    head: fc.record({ kind: fc.string() }),
    body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 6 },
);

/** The bytes, cut where the numbers say. */
const cut = (bytes: Buffer, lengths: readonly number[]): readonly Buffer[] => {
  const [length = bytes.length, ...rest] = lengths;
  return bytes.length === 0 ? [] : [bytes.subarray(0, length), ...cut(bytes.subarray(length), rest)];
};

describe('frames', () => {
  it('arrive whole and in order, wherever the stream is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 60 })), (sent, lengths) => {
        const received: Frame[] = [];
        const read = createFrameReader((frame) => received.push(frame));
        cut(Buffer.concat(sent.flatMap(({ head, body }) => encodeFrame(head, body))), lengths).forEach(read);
        expect(received).toEqual(sent);
      }),
    );
  });

  it('of ten megabytes are put together in little time', () => {
    const body = Buffer.alloc(10 * 1_024 * 1_024, 'x');
    const bytes = Buffer.concat(encodeFrame({}, body));
    const received: Frame[] = [];
    const read = createFrameReader((frame) => received.push(frame));
    const startedAt = performance.now();
    for (let at = 0; at < bytes.length; at += 4_096) read(bytes.subarray(at, at + 4_096));
    expect(received[0]?.body.equals(body)).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('are refused when the head is no JSON', () => {
    const read = createFrameReader(() => undefined);
    expect(() => read(Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0x7b]))).toThrow(SyntaxError);
  });
});
