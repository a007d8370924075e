import type { ReplaySummary } from '../../replay/engine/run-options.ts';
import { areText, countText, durationText, numberText } from './duration-text.ts';

export interface SummaryStyle {
  /** Given for a dry run: how many pieces of work were shown. */
  readonly planned: number | undefined;
  /** As `--max` says. */
  readonly max: number | undefined;
  readonly isFifo: boolean;
}

/** What a replay came to, in lines. */
export function summaryText(
  summary: ReplaySummary,
  { planned, max, isFifo }: SummaryStyle,
): readonly string[] {
  return [
    ...(planned === undefined ? doneText(summary, max) : dryRunText(summary, planned)),
    ...newLettersText(summary.outcomes['dead-lettered'] ?? 0),
    ...(isFifo && (summary.outcomes.stale ?? 0) > 0 ? [whyStaleInFifo] : []),
    ...delayedText(summary.delayed ?? 0),
    ...foreignText(summary.foreign),
    ...expiredText(summary.outcomes.expired ?? 0),
    ...(summary.wasInterrupted && summary.selected > 0
      ? ['It was interrupted: what ran was finished, the rest given back.']
      : []),
  ];
}

const whyStaleInFifo =
  'A FIFO queue hands out the further letters of an item only when its first ones are gone. So a letter may be stale for no other ' +
  'change than those of the next ones, which cannot be seen: --if-stale run runs them all, in their order.';

function doneText(
  { selected, settled, left, durationMs, wasInterrupted }: ReplaySummary,
  max: number | undefined,
): readonly string[] {
  if (selected === 0)
    return [
      wasInterrupted
        ? 'It was interrupted before anything was begun: nothing was done.'
        : 'There was nothing to replay.',
    ];
  const done = `${numberText(settled)} of ${countText(selected, 'message')} settled in ${durationText(durationMs)}`;
  if (left > 0) return [`${done}, ${numberText(left)} left.`];
  return [
    max !== undefined && selected >= max
      ? `${done}; nothing of these is left. There may be more in the queue: --max was ${numberText(max)}.`
      : `${done}; nothing is left.`,
  ];
}

function dryRunText(
  { selected, outcomes, isAtLeast = false }: ReplaySummary,
  planned: number,
): readonly string[] {
  const { stale = 0, blocked = 0, skipped = 0, refused = 0 } = outcomes;
  const all = `${countText(planned, 'piece')} of work of ${countText(selected, 'message')}`;
  const running = planned - stale - blocked - skipped - refused;
  const which = running === planned ? all : `${numberText(running)} of ${all}`;
  const why = [
    ...(stale > 0
      ? [`${numberText(stale)} stale, or not known to be fresh (--if-stale run runs them all the same)`]
      : []),
    ...(refused > 0 ? [`${numberText(refused)} that the handler refuses`] : []),
    ...(blocked > 0 ? [`${numberText(blocked)} behind such a one of their item`] : []),
  ];
  return [
    `A dry run: ${which} would run, in this order. Nothing was done.`,
    ...(why.length > 0 ? [`Would stay: ${why.join(', ')}.`] : []),
    ...(skipped > 0 ? [`Would be deleted unrun: ${numberText(skipped)} stale, for --if-stale is skip.`] : []),
    ...(isAtLeast
      ? [
          'There is more: a FIFO queue hands out the further messages of an item only when its first ones are gone.',
        ]
      : []),
  ];
}

/** A pointer is settled by them, but what they are about is not. */
function newLettersText(records: number): readonly string[] {
  if (records === 0) return [];
  return [
    `${countText(records, 'record')} of batches could not be handled and ${records === 1 ? 'is a letter of its own' : 'are letters of their own'} ` +
      'in the queue now: `spillway dlq list` shows why.',
  ];
}

function delayedText(delayed: number): readonly string[] {
  if (delayed === 0) return [];
  return [
    `${countText(delayed, 'message')} ${areText(delayed)} delayed: the queue gives ${delayed === 1 ? 'it' : 'them'} to nobody before ` +
      `${delayed === 1 ? 'its' : 'their'} time. Replay again then.`,
  ];
}

function foreignText(foreign: number): readonly string[] {
  if (foreign === 0) return [];
  return [
    foreign === 1
      ? '1 message is not for Spillway, or cannot be read, and was left as it is.'
      : `${numberText(foreign)} messages are not for Spillway, or cannot be read, and were left as they are.`,
  ];
}

function expiredText(expired: number): readonly string[] {
  if (expired === 0) return [];
  const which = countText(expired, 'pointer');
  return [
    `${which} ${expired === 1 ? 'stays' : 'stay'}: the stream has lost records. --from-table with --key runs items as they are ` +
      'now; when all are seen to, `spillway dlq drop --id` removes a pointer.',
  ];
}
