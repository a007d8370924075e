import type { ReplayEvent, ReplaySummary } from '../../replay/engine/run-options.ts';
import { isReplaySettled } from '../../reporting/replay-protocol.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { shortMessageOf } from '../message-of.ts';
import { harmless } from '../quote-text.ts';
import { createCappedLines } from './capped-lines.ts';
import { countText, durationText, numberText } from './duration-text.ts';
import { tableOf } from './list-text.ts';
import { ownWordsOf } from './own-words.ts';
import { createProgress } from './progress.ts';
import { summaryText } from './replay-summary.ts';
import { createTally, tallyHead } from './replay-tally.ts';
import { freshnessText, planHead, plainWork, workCells } from './work-cells.ts';

export interface ReportOptions {
  readonly showKeys: boolean;
  /** Whether the words of handlers' errors are shown: they may be data. */
  readonly showErrors: boolean;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly max?: number | undefined;
  readonly isFifo?: boolean;
  readonly now: () => number;
}

export interface ReplayReport {
  readonly onEvent: (event: ReplayEvent) => void;
  readonly end: (summary: ReplaySummary) => void;
  /** Calling it again is harmless. */
  readonly stop: () => void;
}

/** Lines of one reason: where Spillway itself says it, a few are enough; of a handler's error each may be another. */
const mostLines = { own: 10, others: 100 };
/** Rows of a table at once, lest a dry run hold all of them. */
const mostRows = 1_000;

type Ran = Extract<ReplayEvent, { readonly kind: 'ran' }>;

/** Tells of a replay: progress and failures to stderr, and what it comes to to stdout. */
export function createReplayReport(io: CommandIO, options: ReportOptions): ReplayReport {
  const { showKeys, showErrors, json, dryRun, max, isFifo = false, now } = options;
  const { stdout } = io;
  const write = linesTo(stdout);
  const isTable = stdout.isTTY && !json;
  const progress = createProgress(io, dryRun ? 'collecting' : 'replaying', now);
  const collecting = createProgress(io, 'collecting', now);
  const lines = createCappedLines(progress.say);
  const tally = createTally();
  let plan: (readonly string[])[] = [];
  let lastWaiting = '';
  let planned = 0;
  let isBegun = false;
  let isHidden = false;

  const flushPlan = () => {
    if (plan.length > 0)
      write(tableOf(planHead, plan, stdout, ['number', ...(showKeys ? [] : ['keys']), 'event', 'table']));
    plan = [];
  };
  const showPlanned = ({
    work,
    freshness,
    instead,
    why,
  }: Extract<ReplayEvent, { readonly kind: 'would-run' }>) => {
    collecting.stop();
    planned += 1;
    const cells = [numberText(planned), ...workCells(work, showKeys), freshnessText(freshness, instead, why)];
    if (json) write(harmless(JSON.stringify({ ...plainWork(work, showKeys), freshness, instead, why })));
    else if (isTable) plan.push(cells);
    else write(cells.join('\t'));
    if (plan.length >= mostRows) flushPlan();
  };
  const showRan = (event: Ran) => {
    collecting.stop();
    tally.add(event);
    const { work, outcome, errorName, errorMessage, done, total } = event;
    const own = ownWordsOf(event);
    const words = showErrors ? errorMessage : own;
    isHidden ||= words === undefined && errorMessage !== undefined;
    if (json) {
      const shown = { errorName, ...(words !== undefined && { errorMessage: words }) };
      write(harmless(JSON.stringify({ ...plainWork(work, showKeys), outcome, ...shown })));
    } else if (outcome !== 'skipped' && !isReplaySettled(outcome)) {
      const error = (said: string | undefined) =>
        harmless([errorName, said].filter((part) => part !== undefined).join(': '));
      const line = [outcome, ...workCells(work, showKeys), error(words)].join('  ');
      lines.say(`${outcome} ${error(own)}`, line, own === undefined ? mostLines.others : mostLines.own);
    }
    progress.update(done, total);
  };
  const showWaiting = ({ inFlight, longestMs }: Extract<ReplayEvent, { readonly kind: 'waiting' }>) => {
    const line =
      `Somebody has ${countText(inFlight, 'message')} of the queue in hand, another replay or one that was killed: ` +
      `waiting for up to ${durationText(longestMs)}.`;
    if (line !== lastWaiting) progress.say(line);
    lastWaiting = line;
  };

  return {
    onEvent(event) {
      switch (event.kind) {
        case 'waiting':
          showWaiting(event);
          break;
        case 'collecting':
          collecting.update(event.messages, event.expected);
          break;
        case 'collected':
          collecting.stop();
          // A FIFO queue is asked once more when its last messages are gone.
          if (event.messages > 0 || !isBegun)
            progress.say(
              `${countText(event.messages, 'message')}: ${countText(event.works, 'piece')} of work on ${countText(event.items, 'item')}.`,
            );
          // Of the time that is left, what it took to collect says nothing.
          if (!isBegun && !dryRun) progress.update(0, event.works);
          isBegun = true;
          break;
        case 'would-run':
          showPlanned(event);
          break;
        case 'ran':
          showRan(event);
          break;
        case 'left': {
          const why = harmless(event.why);
          lines.say(why, `Message ${event.messageId} stays: ${why}`, mostLines.own);
          break;
        }
        case 'trouble': {
          const error = event.error === undefined ? '' : ` (${shortMessageOf(event.error)})`;
          lines.say('trouble with SQS', harmless(`${event.what}${error}`), mostLines.others);
          break;
        }
      }
    },
    end(summary) {
      collecting.stop();
      progress.stop();
      lines.end();
      // Where nobody reads stdout any more, whoever began it is told all the same.
      const isUnread = io.isUnread?.() === true;
      const say = isUnread ? linesTo(io.stderr) : write;
      flushPlan();
      if (json && !isUnread) {
        write(JSON.stringify({ kind: 'summary', ...summary }));
        return;
      }
      const rows = tally.rows(dryRun ? 0 : (summary.outcomes['not run'] ?? 0));
      if (isTable && rows.length > 0) say(tableOf(tallyHead, rows, stdout));
      else for (const row of rows.length > 0 ? [tallyHead, ...rows] : []) say(row.join('\t'));
      summaryText(summary, { planned: dryRun ? planned : undefined, max, isFifo }).forEach(say);
      if (isHidden)
        say('What the handlers said may hold data: --show-errors shows it, and `spillway dlq show ID`.');
    },
    stop() {
      collecting.stop();
      progress.stop();
    },
  };
}
