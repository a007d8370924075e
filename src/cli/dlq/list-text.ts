import Table from 'cli-table3';
import type { LetterList, ListTotal } from '../../replay/letters/list-letters.ts';
import { surveySeconds } from '../../replay/queue/survey-queue.ts';
import { widthOf } from '../cut-line.ts';
import type { Paint } from '../paint.ts';
import { painter } from '../paint.ts';
import { wordText } from './columns.ts';
import { countText, durationText, numberText } from './duration-text.ts';
import { fitWidths } from './fit-widths.ts';
import type { RowStyle } from './list-rows.ts';
import { ageText, listHead, rowCells } from './list-rows.ts';

const dayMs = 86_400_000;
/** Under this much time left, the queue is about to lose letters. */
const warnBelowMs = 2 * dayMs;

/**
 * A table that fits the terminal, with ids whole; one that cannot is lines with tabs.
 * @param spare columns that are left out where there is no room for all, the first one first
 */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  stream: NodeJS.WriteStream,
  [least, ...others]: readonly string[] = [],
): string {
  const natural = head.map((name, index) =>
    Math.max(...[name, ...rows.map((row) => row[index] ?? '')].map(widthOf)),
  );
  const widths = fitWidths(natural, stream.columns || Infinity, head.indexOf('id'));
  if (widths === undefined && least !== undefined) {
    const isKept = (_: string, index: number) => head[index] !== least;
    return tableOf(
      head.filter(isKept),
      rows.map((row) => row.filter(isKept)),
      stream,
      others,
    );
  }
  if (widths === undefined) return [head, ...rows].map((row) => row.join('\t')).join('\n');
  const paint = painter(stream);
  const table = new Table({
    head: head.map((name) => paint('bold', name)),
    colWidths: [...widths],
    // Colours are painted here, as NO_COLOR and the terminal have it.
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

export const listTable = ({ rows }: LetterList, style: RowStyle, stream: NodeJS.WriteStream): string =>
  tableOf(
    listHead,
    rows.map((row) => [ageText(row.facts, style.nowMs), ...rowCells(row, style)]),
    stream,
    ['attempts', ...(style.showKeys ? [] : ['keys']), 'event', 'table'],
  );

/** What there is in all: how many, of what, and how long the queue still keeps it. */
export function listSummary(list: LetterList, name: string, nowMs: number, paint: Paint): readonly string[] {
  const { rows, selected, seen, totals } = list;
  const atLeast = list.isAtLeast ? 'at least ' : '';
  const all = `${atLeast}${countText(seen, 'message')} in ${name}`;
  const meant = selected === seen ? all : `${numberText(selected)} of ${all} as asked for`;
  const shown = rows.length < selected ? `; the ${numberText(rows.length)} oldest are shown (--limit)` : '';
  return [
    `${paint('bold', meant)}${shown}.`,
    ...totals.slice(0, mostTotals).map(totalText),
    ...(totals.length > mostTotals ? [`  and ${numberText(totals.length - mostTotals)} more kinds`] : []),
    ...consumersText(list),
    ...retentionText(list, nowMs, paint),
    ...whyAtLeast(list),
    ...(list.facts.inFlight > 0
      ? [
          `${countText(list.facts.inFlight, 'more message')} cannot be seen: somebody has received them and not deleted them yet.`,
        ]
      : []),
    ...(list.notGivenBack > 0
      ? [
          `${countText(list.notGivenBack, 'message')} could not be given back, and can be seen again within ${durationText(surveySeconds * 1_000)}.`,
        ]
      : []),
  ];
}

const mostTotals = 20;

function totalText({ kind, route, error, messages }: ListTotal): string {
  const count = numberText(messages).padStart(7);
  switch (kind) {
    case 'letter':
      return `${count}  ${wordText(route)}  ${wordText(error)}`;
    case 'pointer':
      return `${count}  batches given up by Lambda  ${wordText(error)}`;
    case 'foreign':
      return `${count}  left alone: ${error}`;
  }
}

/** Each has a handler of its own. Of a single one nothing is to be said. */
function consumersText({ consumers }: LetterList): readonly string[] {
  if (consumers.length < 2) return [];
  const named = consumers
    .slice(0, mostTotals)
    .map(({ name, messages }) => `${wordText(name)} (${numberText(messages)})`);
  const more = consumers.length > mostTotals ? ', and others' : '';
  return [`The letters are of the consumers ${named.join(', ')}${more}: --of-consumer replays those of one.`];
}

function retentionText(
  { oldestSentAtMs, facts }: LetterList,
  nowMs: number,
  paint: Paint,
): readonly string[] {
  if (oldestSentAtMs === undefined) return [];
  const keptMs = facts.retentionSeconds * 1_000;
  const leftMs = oldestSentAtMs + keptMs - nowMs;
  const text =
    `The oldest is ${durationText(nowMs - oldestSentAtMs)} old; the queue keeps messages for ${durationText(keptMs)}: ` +
    `${durationText(leftMs)} left.`;
  return [
    leftMs < warnBelowMs
      ? paint('yellow', `Warning: ${text} What is older then is lost; replay or export it.`)
      : text,
  ];
}

function whyAtLeast({ end, isAtLeast }: LetterList): readonly string[] {
  if (end === 'interrupted') return ['It was interrupted: not all were read.'];
  if (end === 'crowded') return ['SQS hands out no more at once: there are others that were not read.'];
  return isAtLeast
    ? ['A FIFO queue hands out the further messages of an item only when its first ones are gone.']
    : [];
}
