import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { ReplayError } from '../../errors.ts';
import type { ExportSummary, WriteLines } from '../../replay/letters/export-letters.ts';
import { exportDeadLetters } from '../../replay/letters/export-letters.ts';
import type { Selection } from '../../replay/engine/selection.ts';
import type { CleanUp } from '../clean-up.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import type { DlqParts } from './dlq-parts.ts';
import { countText } from './duration-text.ts';
import { openQueue } from './open-queue.ts';
import { createProgress } from './progress.ts';
import type { ConnectionGiven } from './selection-options.ts';
import { connectionOf } from './selection-options.ts';

export interface ExportRun {
  readonly given: ConnectionGiven;
  readonly to: string;
  readonly selection: Selection;
}

export async function runExport(
  { given, to, selection }: ExportRun,
  io: CommandIO,
  parts: DlqParts,
): Promise<void> {
  await using cleanUp = createCleanUp();
  const { queue, name, readMessage, waitSeconds } = await openQueue(connectionOf(given), io, cleanUp);
  const write = to === '-' ? toStdout(io) : await toFile(to, cleanUp);
  const progress = createProgress(io, 'exporting', parts.now);
  cleanUp.defer(progress.stop);
  const summary = await exportDeadLetters({
    ...{ queue, readMessage, selection, waitSeconds, write, signal: io.interrupted },
    onEvent: ({ seen, expected }) => progress.update(seen, expected),
  });
  progress.stop();
  // Who reads no more is told nothing more.
  if (io.isUnread?.() !== true) exportText(summary, name, to).forEach(linesTo(io.stderr));
  if (io.interrupted.aborted) io.setExitStatus?.(130);
  else if (summary.end === 'crowded') io.setExitStatus?.(1);
}

function exportText(summary: ExportSummary, name: string, to: string): readonly string[] {
  const place = to === '-' ? '' : ` to ${to}`;
  const done = `Exported ${countText(summary.exported, 'message')} of ${countText(summary.seen, 'message')} in ${name}${place}.`;
  switch (summary.end) {
    case 'interrupted':
      return [done, 'It was interrupted: not all were read.'];
    case 'crowded':
      return [done, 'SQS hands out no more at once: there are others that were not read.'];
    case 'drained':
      return summary.isAtLeast
        ? [done, 'A FIFO queue hands out the further messages of an item only when its first ones are gone.']
        : [done];
  }
}

async function toFile(path: string, cleanUp: CleanUp): Promise<WriteLines> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw isThere
      ? new ReplayError(`The file ${path} is there already: name another one with --to.`)
      : new ReplayError(`The file ${path} cannot be written: name another one with --to.`, { cause });
  });
  cleanUp.defer(() => file.close());
  cleanUp.defer(() => file.sync());
  return oneByOne((text) =>
    file.appendFile(text).catch((cause: unknown) => {
      throw new ReplayError(
        `The file ${path} cannot be written on: it is not whole. Export to another one.`,
        { cause },
      );
    }),
  );
}

/** A slow reader is waited for, unless the end is asked for; one who is gone asks for it. */
const toStdout = ({ stdout, interrupted }: CommandIO): WriteLines =>
  oneByOne(async (text) => {
    if (!stdout.write(text) && !interrupted.aborted)
      await once(stdout, 'drain', { signal: interrupted }).catch(() => undefined);
  });

/** Several are read at once, and each has its lines written as a whole. */
function oneByOne(write: WriteLines): WriteLines {
  let last: Promise<void> = Promise.resolve();
  return (text) => {
    last = last.then(() => write(text));
    last.catch(() => undefined);
    return last;
  };
}
