import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { ReplayError } from '../../errors.ts';
import type { ExportSummary, WriteLines } from '../../replay/letters/export-letters.ts';
import { exportDeadLetters } from '../../replay/letters/export-letters.ts';
import type { Selection } from '../../replay/engine/selection.ts';
import type { CleanUp } from '../clean-up.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
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
  const { queue, name, readMessage, waitSeconds } = await openQueue(
    connectionOf(given),
    io.environment,
    cleanUp,
  );
  const readerGone = new AbortController();
  const signal = AbortSignal.any([io.interrupted, readerGone.signal]);
  const onReaderGone = () => readerGone.abort();
  const write = to === '-' ? toStdout(io, onReaderGone, cleanUp) : await toFile(to, cleanUp);
  const progress = createProgress(io, 'exporting', parts.now);
  cleanUp.defer(progress.stop);
  const summary = await exportDeadLetters({
    ...{ queue, readMessage, selection, waitSeconds, write, signal },
    onEvent: ({ seen, expected }) => progress.update(seen, expected),
  });
  progress.stop();
  if (readerGone.signal.aborted) return;
  for (const line of exportText(summary, name, to)) io.stderr.write(`${line}\n`);
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
      ? new ReplayError(`The file ${path} is there already: name another one.`)
      : new ReplayError(`The file ${path} cannot be written.`, { cause });
  });
  cleanUp.defer(() => file.close());
  cleanUp.defer(() => file.sync());
  return oneByOne((text) => file.appendFile(text));
}

function toStdout({ stdout }: CommandIO, onReaderGone: () => void, cleanUp: CleanUp): WriteLines {
  const ended = new AbortController();
  let broken: ReplayError | undefined;
  const onError = (cause: Error & { readonly code?: string }) => {
    // Who read it has enough, as `head` does.
    if (cause.code === 'EPIPE') onReaderGone();
    else broken ??= new ReplayError('The messages cannot be written to stdout.', { cause });
    ended.abort();
  };
  stdout.on('error', onError);
  cleanUp.defer(() => stdout.off('error', onError));
  return oneByOne(async (text) => {
    if (!ended.signal.aborted && !stdout.write(text))
      await once(stdout, 'drain', { signal: ended.signal }).catch(() => undefined);
    if (broken) throw broken;
  });
}

/** Several are read at once, and each has its lines written as a whole. */
function oneByOne(write: WriteLines): WriteLines {
  let last: Promise<void> = Promise.resolve();
  return (text) => {
    last = last.then(() => write(text));
    last.catch(() => undefined);
    return last;
  };
}
