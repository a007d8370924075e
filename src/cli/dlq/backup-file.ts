import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReplayError } from '../../errors.ts';
import { readExportedLine } from '../../replay/letters/exported-message.ts';
import { linesOf } from '../../replay/letters/lines.ts';

export interface BackupFile {
  /** Resolves when the text is on the disk. What comes while another is being written is written together. */
  readonly append: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * A file that keeps what is dropped, for the owner to read alone. An export that is there already is written on.
 * @throws ReplayError if there is a file that is none, or that cannot be written
 */
export async function openBackup(path: string): Promise<BackupFile> {
  const file = await open(path, 'a+', 0o600).catch((cause: unknown) => {
    throw new ReplayError(`The file ${path} cannot be written: name another one with --to.`, { cause });
  });
  try {
    await checkExport(path, file);
    await syncFolder(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  let waiting = '';
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const writeWaiting = async () => {
    const text = waiting;
    [waiting, next] = ['', undefined];
    try {
      await file.appendFile(text);
      await file.datasync();
    } catch (cause) {
      throw new ReplayError(`The file ${path} cannot be written.`, { cause });
    }
  };
  return {
    append(text) {
      waiting += text;
      // After one that failed the file may end in the midst of a line: all that follows fails with it.
      if (next === undefined) {
        next = last.then(writeWaiting);
        last = next;
        last.catch(() => undefined);
      }
      return next;
    },
    close: () => file.close(),
  };
}

const lineFeed = 10;

async function checkExport(path: string, file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (buffer[0] !== lineFeed)
    throw new ReplayError(`The file ${path} ends in the midst of a line: name another one with --to.`);
  // With a stream of its own, for one that is left early closes its file.
  for await (const { text } of linesOf(createReadStream(path) as AsyncIterable<Uint8Array>))
    try {
      readExportedLine(text ?? '');
      return;
    } catch {
      throw new ReplayError(
        `The file ${path} is there, and is not what \`spillway dlq export\` writes: name another one with --to.`,
      );
    }
}

/** So that a file just made is there after a crash. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
