/** One message between this process and a function's: a small head as JSON, and a body that stays the bytes it is. */
export interface Frame {
  readonly head: unknown;
  readonly body: Buffer;
}

/** Two unsigned integers of 32 bits, big-endian: the length of the head and that of the body, in bytes. */
const prefixBytes = 8;

/** The body is not copied, so it may be several megabytes. */
export function encodeFrame(head: unknown, body: Buffer = Buffer.alloc(0)): readonly Buffer[] {
  const headBytes = Buffer.from(JSON.stringify(head));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(headBytes.length, 0);
  prefix.writeUInt32BE(body.length, 4);
  return [prefix, headBytes, body];
}

/**
 * Takes the chunks of a stream, cut anywhere, and calls back with each frame once it is complete.
 * @throws SyntaxError from the returned function, if a head is no JSON: the stream is none of ours then
 */
export function createFrameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = prefixBytes;

  const wantedBy = (bytes: Buffer) => prefixBytes + bytes.readUInt32BE(0) + bytes.readUInt32BE(4);
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    // Chunks are joined only when there is something to take from them: a large body is copied once.
    while (held >= wanted) {
      const bytes = Buffer.concat(chunks);
      chunks = [bytes];
      if (wanted === prefixBytes) wanted = wantedBy(bytes);
      if (held < wanted) return;
      const headEnd = prefixBytes + bytes.readUInt32BE(0);
      const frame = { head: bytes.subarray(prefixBytes, headEnd), body: bytes.subarray(headEnd, wanted) };
      chunks = [bytes.subarray(wanted)];
      held -= wanted;
      wanted = prefixBytes;
      onFrame({ head: JSON.parse(frame.head.toString()) as unknown, body: frame.body });
    }
  };
}
