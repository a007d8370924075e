import type { DropCounts, DropSummary } from '../../replay/letters/drop-letters.ts';
import { dropDeadLetters } from '../../replay/letters/drop-letters.ts';
import type { Selection } from '../../replay/engine/selection.ts';
import { dynamoDBLedger } from '../../idempotency/dynamodb-ledger.ts';
import { leaveParking } from '../../replay/letters/leave-parking.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { shortMessageOf } from '../message-of.ts';
import { harmless } from '../quote-text.ts';
import { ask } from './ask.ts';
import { openBackup } from './backup-file.ts';
import type { DlqParts } from './dlq-parts.ts';
import { countText } from './duration-text.ts';
import { openQueue } from './open-queue.ts';
import { createProgress } from './progress.ts';
import type { ConnectionGiven } from './selection-options.ts';
import { connectionOf } from './selection-options.ts';

export interface DropRun {
  readonly given: ConnectionGiven;
  readonly selection: Selection;
  readonly file: string | undefined;
  /** Given if letters of parked items are dropped too. */
  readonly ledgerTable?: string | undefined;
  readonly isAsked: boolean;
}

export async function runDrop(run: DropRun, io: CommandIO, parts: DlqParts): Promise<void> {
  const { given, selection, file, ledgerTable, isAsked } = run;
  await using cleanUp = createCleanUp();
  const open = await openQueue(connectionOf(given), io, cleanUp);
  const { queue, name, readMessage, waitSeconds } = open;
  const backup = file === undefined ? undefined : await openBackup(file);
  if (backup) cleanUp.defer(backup.close);

  let progress = createProgress(io, 'counting', parts.now);
  cleanUp.defer(() => progress.stop());
  const confirm = async (counts: DropCounts): Promise<boolean> => {
    progress.stop();
    if (counts.messages === 0) return false;
    const kept = file === undefined ? ' They are not kept anywhere.' : ` They are written to ${file} first.`;
    const question = `Drop ${countText(counts.messages, 'message')} of ${name}?${kept}`;
    const isAgreed = await ask(question, io);
    progress = createProgress(io, 'dropping', parts.now);
    return isAgreed;
  };
  let dropped = 0;
  const summary = await dropDeadLetters({
    ...{ queue, readMessage, selection, waitSeconds, signal: io.interrupted },
    backUp: backup?.append,
    ...(isAsked && { confirm }),
    ...(ledgerTable !== undefined && {
      leaveParking: leaveParking(
        dynamoDBLedger({ tableName: ledgerTable, client: open.dynamodbIn(open.region) }),
      ),
    }),
    onEvent(event) {
      if (event.kind === 'counting') progress.update(event.seen, event.expected);
      else if (event.kind === 'dropping') {
        dropped = event.dropped;
        progress.update(dropped, event.expected);
      } else progress.say(`Message ${event.messageId} stays: ${harmless(shortMessageOf(event.error))}`);
    },
  }).catch((error: unknown) => {
    progress.stop();
    // What is gone is gone, whatever has ended it.
    if (dropped > 0) linesTo(io.stderr)(`${droppedText(dropped, name, file)} Then it was ended by an error.`);
    throw error;
  });
  progress.stop();
  dropText(summary, name, file).forEach(linesTo(io.stdout));
  if (summary.end === 'interrupted') io.setExitStatus?.(130);
  else if (isLeft(summary)) io.setExitStatus?.(1);
}

/** Whether something that was asked for was not done. Nothing to drop is no answer, and all is done. */
const isLeft = ({ meant, isConfirmed, parked, notDeleted, end }: DropSummary): boolean =>
  (meant > 0 && !isConfirmed) || parked > 0 || notDeleted > 0 || end === 'crowded';

function droppedText(dropped: number, name: string, file: string | undefined): string {
  const kept = file === undefined || dropped === 0 ? '' : `; they are in ${file}`;
  return `Dropped ${countText(dropped, 'message')} of ${name}${kept}.`;
}

function dropText(summary: DropSummary, name: string, file: string | undefined): readonly string[] {
  const { dropped, parked, notDeleted, meant } = summary;
  const done =
    meant === 0
      ? `Nothing to drop in ${name}.`
      : summary.isConfirmed
        ? droppedText(dropped, name, file)
        : 'Nothing was dropped.';
  return [
    done,
    ...(parked > 0
      ? [
          `${countText(parked, 'letter')} of parked items ${parked === 1 ? 'stays' : 'stay'}: the items' next letters wait for ${parked === 1 ? 'it' : 'them'}. Replay ${parked === 1 ? 'it' : 'them'}, or drop ${parked === 1 ? 'it' : 'them'} with --parked.`,
        ]
      : []),
    ...(notDeleted > 0
      ? [`${countText(notDeleted, 'message')} could not be deleted, and may be in the file.`]
      : []),
    ...(summary.end === 'crowded' ? ['SQS hands out no more at once: run it again for the others.'] : []),
    ...(summary.end === 'interrupted' ? ['It was interrupted: not all were looked at.'] : []),
  ];
}
