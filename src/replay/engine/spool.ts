import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReplayError } from '../../errors.ts';

/** Where a text lies in the spool. */
export interface SpoolPlace {
  readonly offset: number;
  readonly length: number;
}

/** A temporary file for what need not lie in memory: texts are written once, and read when their turn comes. */
export interface Spool {
  append(text: string): SpoolPlace;
  read(place: SpoolPlace): string;
  close(): void;
}

/** Texts wait for their write until there are so many bytes. */
const bufferBytes = 1_048_576;

/**
 * Only its owner may read it, and it has no name: it is unlinked as soon as it is open, so that nothing stays behind even
 * of a process that is killed. (Windows does not unlink what is open; there it goes at the end.) Reads and writes are
 * synchronous: they go to memory of the operating system, and a turn of the event loop for each costs more than they do.
 * @throws ReplayError if the temporary folder takes no more
 */
export function openSpool(folder = tmpdir()): Spool {
  const { file, removeAtEnd } = attempt(folder, () => openUnnamed(folder));
  const buffer = Buffer.allocUnsafe(bufferBytes);
  let written = 0;
  let buffered = 0;

  const write = (bytes: Uint8Array): void => {
    for (let from = 0; from < bytes.length;)
      from += writeSync(file, bytes, from, bytes.length - from, written + from);
    written += bytes.length;
  };
  const flush = (): void => {
    write(buffer.subarray(0, buffered));
    buffered = 0;
  };

  return {
    append: (text) =>
      attempt(folder, () => {
        const length = Buffer.byteLength(text);
        if (buffered + length > bufferBytes) flush();
        const offset = written + buffered;
        if (length > bufferBytes) write(Buffer.from(text));
        else buffered += buffer.write(text, buffered);
        return { offset, length };
      }),
    read: ({ offset, length }) =>
      attempt(folder, () => {
        if (offset >= written) return buffer.toString('utf8', offset - written, offset - written + length);
        const bytes = Buffer.allocUnsafe(length);
        for (let from = 0; from < length;) {
          const count = readSync(file, bytes, from, length - from, offset + from);
          if (count === 0) throw new Error('the file ends before what was written to it');
          from += count;
        }
        return bytes.toString('utf8');
      }),
    close() {
      closeSync(file);
      removeAtEnd();
    },
  };
}

function openUnnamed(folder: string) {
  // Made by mkdtemp, it is its owner's alone (0700).
  const own = mkdtempSync(join(folder, 'spillway-replay-'));
  const file = openSync(join(own, 'spool'), 'wx+', 0o600);
  const remove = () => rmSync(own, { recursive: true, force: true });
  try {
    remove();
    return { file, removeAtEnd: () => undefined };
  } catch {
    return { file, removeAtEnd: remove };
  }
}

function attempt<Result>(folder: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    throw new ReplayError(
      `the temporary folder ${folder} does not take what is to be replayed. Is there room, and may it be written to? TMPDIR names another.`,
      { cause },
    );
  }
}
