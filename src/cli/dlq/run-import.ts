import { createReadStream } from 'node:fs';
import { InvalidOptionError, ReplayError } from '../../errors.ts';
import { importDeadLetters } from '../../replay/letters/import-letters.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { shortMessageOf } from '../message-of.ts';
import { harmless } from '../quote-text.ts';
import type { DlqParts } from './dlq-parts.ts';
import { countText } from './duration-text.ts';
import { openQueue } from './open-queue.ts';
import { createProgress } from './progress.ts';
import type { ConnectionGiven } from './selection-options.ts';
import { connectionOf } from './selection-options.ts';

export interface ImportRun {
  readonly given: ConnectionGiven;
  readonly from: string;
  readonly keepGoing: boolean;
}

export async function runImport(
  { given, from, keepGoing }: ImportRun,
  io: CommandIO,
  parts: DlqParts,
): Promise<void> {
  await using cleanUp = createCleanUp();
  const { queue, name, readMessage } = await openQueue(connectionOf(given), io, cleanUp);
  const progress = createProgress(io, 'importing', parts.now);
  cleanUp.defer(progress.stop);
  const summary = await importDeadLetters({
    ...{ queue, readMessage, keepGoing, signal: io.interrupted },
    from: from === '-' ? inputOf(io) : bytesOf(from),
    onEvent(event) {
      if (event.kind === 'importing') progress.update(event.imported, event.line);
      else progress.say(`Line ${event.line} was passed over: ${harmless(shortMessageOf(event.error))}`);
    },
  });
  progress.stop();
  const refused = summary.refused > 0 ? `; ${countText(summary.refused, 'line')} passed over` : '';
  linesTo(io.stdout)(`Imported ${countText(summary.imported, 'message')} into ${name}${refused}.`);
  if (summary.wasInterrupted) {
    linesTo(io.stderr)(`It was interrupted after line ${summary.lastLine}: what follows was not sent.`);
    io.setExitStatus?.(130);
  } else if (summary.refused > 0) io.setExitStatus?.(1);
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new ReplayError(`The file ${path} cannot be read: name another one with --from.`, { cause });
  }
}

function inputOf({ stdin }: CommandIO): AsyncIterable<Uint8Array> {
  if (stdin === undefined)
    throw new InvalidOptionError('There is no stdin to read from: name a file with --from.');
  return stdin as AsyncIterable<Uint8Array>;
}
