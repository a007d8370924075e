import type { LetterList } from '../../replay/letters/list-letters.ts';
import { listDeadLetters } from '../../replay/letters/list-letters.ts';
import type { Selection } from '../../replay/engine/selection.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { painter } from '../paint.ts';
import type { DlqParts } from './dlq-parts.ts';
import { areText, countText, numberText } from './duration-text.ts';
import { listedJson, summaryJson } from './list-json.ts';
import { rowLine } from './list-rows.ts';
import { listSummary, listTable } from './list-text.ts';
import { openQueue } from './open-queue.ts';
import { createProgress } from './progress.ts';
import type { ConnectionGiven } from './selection-options.ts';
import { connectionOf } from './selection-options.ts';

export interface ListRun {
  readonly given: ConnectionGiven;
  readonly selection: Selection;
  readonly limit: number;
  readonly showKeys: boolean;
  readonly style: 'json' | 'lines' | 'table';
}

export async function runList(run: ListRun, io: CommandIO, parts: DlqParts): Promise<void> {
  const { given, selection, limit, showKeys, style } = run;
  await using cleanUp = createCleanUp();
  const { queue, name, readMessage, waitSeconds } = await openQueue(connectionOf(given), io, cleanUp);
  const progress = createProgress(io, 'reading', parts.now);
  cleanUp.defer(progress.stop);
  const list = await listDeadLetters({
    ...{ queue, readMessage, selection, limit, waitSeconds, signal: io.interrupted },
    onEvent: ({ seen, expected }) => progress.update(seen, expected),
  });
  progress.stop();

  const nowMs = parts.now();
  const say = (stream: NodeJS.WriteStream, lines: readonly string[]) => lines.forEach(linesTo(stream));
  const rows = { nowMs, showKeys };
  const summary = (stream: NodeJS.WriteStream) => summaryLines(list, name, nowMs, stream);
  switch (style) {
    case 'json':
      say(io.stdout, [...list.rows.map((row) => listedJson(row, showKeys)), summaryJson(list)]);
      break;
    case 'lines':
      say(
        io.stdout,
        list.rows.map((row) => rowLine(row, rows)),
      );
      // Lines are for programs, and what is in all for whoever starts them.
      say(io.stderr, summary(io.stderr));
      break;
    case 'table':
      if (list.rows.length > 0) say(io.stdout, [listTable(list, rows, io.stdout)]);
      say(io.stdout, summary(io.stdout));
      break;
  }
  if (list.end === 'interrupted') io.setExitStatus?.(130);
}

const summaryLines = (
  list: LetterList,
  name: string,
  nowMs: number,
  stream: NodeJS.WriteStream,
): readonly string[] =>
  list.seen === 0 && list.end === 'drained'
    ? [`The queue ${name} is empty.${inFlightText(list)}`]
    : listSummary(list, name, nowMs, painter(stream));

const inFlightText = ({ facts: { inFlight, delayed } }: LetterList): string =>
  inFlight + delayed === 0
    ? ''
    : ` Somebody has received ${countText(inFlight, 'message')} and not deleted them yet, and ${numberText(delayed)} ${areText(delayed)} delayed.`;
