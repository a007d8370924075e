import type { Freshness, ReplayedWork, ReplayEvent, ReplaySummary } from '../../replay/engine/run-options.ts';
import { isReplaySettled } from '../../reporting/replay-protocol.ts';
import type { CommandIO } from '../command-io.ts';
import { messageOf } from '../message-of.ts';
import { painter } from '../paint.ts';
import { harmless } from '../quote-text.ts';
import { maskedKeys, nothing, wordText } from './columns.ts';
import { countText, durationText, numberText } from './duration-text.ts';
import { tableOf } from './list-text.ts';
import { createProgress } from './progress.ts';
import { createTally, tallyHead } from './replay-tally.ts';

export interface ReportOptions {
  readonly showKeys: boolean;
  /** Whether the words of handlers' errors are shown: they may be data. */
  readonly showErrors: boolean;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly now: () => number;
}

export interface ReplayReport {
  readonly onEvent: (event: ReplayEvent) => void;
  readonly end: (summary: ReplaySummary) => void;
  /** Calling it again is harmless. */
  readonly stop: () => void;
}

/** Failures that are told of as they happen; the others are counted. */
const mostFailures = 100;
/** Rows of a table at once, lest a dry run hold all of them. */
const mostRows = 1_000;

const planHead = ['#', 'id', 'table', 'event', 'route', 'number', 'keys', 'item'] as const;

/** Tells of a replay: progress and failures to stderr, and what it comes to to stdout. */
export function createReplayReport(io: CommandIO, options: ReportOptions): ReplayReport {
  const { showKeys, showErrors, json, dryRun, now } = options;
  const { stdout } = io;
  const isTable = stdout.isTTY && !json;
  const progress = createProgress(io, dryRun ? 'collecting' : 'replaying', now);
  const collecting = createProgress(io, 'collecting', now);
  const tally = createTally();
  let plan: (readonly string[])[] = [];
  let [planned, failures] = [0, 0];

  const flushPlan = () => {
    if (plan.length > 0) stdout.write(`${tableOf(planHead, plan, painter(stdout))}\n`);
    plan = [];
  };
  const showPlanned = (work: ReplayedWork, freshness: Freshness) => {
    collecting.stop();
    planned += 1;
    const cells = [numberText(planned), ...workCells(work, showKeys), freshnessText(freshness)];
    if (json) stdout.write(`${harmless(JSON.stringify({ ...plainWork(work, showKeys), freshness }))}\n`);
    else if (isTable) plan.push(cells);
    else stdout.write(`${cells.join('\t')}\n`);
    if (plan.length >= mostRows) flushPlan();
  };
  const showRan = (event: Extract<ReplayEvent, { readonly kind: 'ran' }>) => {
    collecting.stop();
    tally.add(event);
    const { work, outcome, errorName, errorMessage, done, total } = event;
    if (json) {
      const shown = { errorName, ...(showErrors && { errorMessage }) };
      stdout.write(`${harmless(JSON.stringify({ ...plainWork(work, showKeys), outcome, ...shown }))}\n`);
    } else if (outcome !== 'skipped' && !isReplaySettled(outcome)) {
      failures += 1;
      // What a replay refuses is in its own words, and holds no data.
      const words = showErrors || outcome === 'refused' ? errorMessage : undefined;
      const error = [errorName, words].filter((part) => part !== undefined).join(': ');
      if (failures <= mostFailures)
        progress.say([outcome, ...workCells(work, showKeys), harmless(error)].join('  '));
      if (failures === mostFailures) progress.say('More failures are counted, and not told of one by one.');
    }
    progress.update(done, total);
  };

  return {
    onEvent(event) {
      switch (event.kind) {
        case 'waiting':
          progress.say(
            `Somebody has ${countText(event.inFlight, 'message')} of the queue in hand, another replay or one that was killed: ` +
              `waiting for up to ${durationText(event.longestMs)}.`,
          );
          break;
        case 'collecting':
          collecting.update(event.messages, event.expected);
          break;
        case 'collected':
          collecting.stop();
          progress.say(
            `${countText(event.messages, 'message')}: ${countText(event.works, 'piece')} of work on ${countText(event.items, 'item')}.`,
          );
          break;
        case 'would-run':
          showPlanned(event.work, event.freshness);
          break;
        case 'ran':
          showRan(event);
          break;
        case 'left':
          progress.say(`Message ${event.messageId} stays: ${harmless(event.why)}`);
          break;
        case 'trouble':
          progress.say(`${event.what} ${messageOf(event.error)}`);
          break;
      }
    },
    end(summary) {
      collecting.stop();
      progress.stop();
      flushPlan();
      if (json) {
        stdout.write(`${JSON.stringify({ kind: 'summary', ...summary })}\n`);
        return;
      }
      const rows = tally.rows();
      if (isTable && rows.length > 0) stdout.write(`${tableOf(tallyHead, rows, painter(stdout))}\n`);
      else for (const row of rows.length > 0 ? [tallyHead, ...rows] : []) stdout.write(`${row.join('\t')}\n`);
      for (const line of summaryText(summary, dryRun, planned)) stdout.write(`${line}\n`);
    },
    stop() {
      collecting.stop();
      progress.stop();
    },
  };
}

function summaryText(summary: ReplaySummary, dryRun: boolean, planned: number): readonly string[] {
  const { selected, settled, left, foreign, durationMs, wasInterrupted } = summary;
  const others =
    foreign > 0 ? [`${countText(foreign, 'message')} are not for Spillway, and were left as they are.`] : [];
  if (dryRun)
    return [
      `A dry run: ${countText(planned, 'piece')} of work of ${countText(selected, 'message')} would run, in this order. Nothing was done.`,
      ...others,
    ];
  if (selected === 0) return ['There was nothing to replay.', ...others];
  return [
    `${numberText(settled)} of ${countText(selected, 'message')} settled in ${durationText(durationMs)}` +
      (left > 0 ? `, ${numberText(left)} left.` : '; nothing is left.'),
    ...others,
    ...(wasInterrupted ? ['It was interrupted: what ran was finished, the rest given back.'] : []),
  ];
}

const workCells = (work: ReplayedWork, showKeys: boolean): readonly string[] => [
  wordText(work.id.slice(0, 12)),
  wordText(work.table),
  wordText(work.eventName),
  work.route === null ? 'all' : wordText(work.route),
  work.sequenceNumber === '' ? nothing : wordText(work.sequenceNumber),
  maskedKeys(work.keys, showKeys),
];

function plainWork({ keys = {}, ...work }: ReplayedWork, showKeys: boolean): object {
  return { ...work, ...(showKeys ? { keys } : { keyNames: Object.keys(keys).sort() }) };
}

const freshnessText = (freshness: Freshness): string =>
  freshness.kind === 'unknown' ? `unknown: ${freshness.why}` : freshness.kind;
