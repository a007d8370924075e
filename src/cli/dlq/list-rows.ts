import type { FoundFacts, PointerFacts } from '../../replay/letters/describe-found.ts';
import type { ListedMessage } from '../../replay/letters/list-letters.ts';
import { maskedKeys, nothing, wordText } from './columns.ts';
import { countText, durationText } from './duration-text.ts';

export interface RowStyle {
  readonly nowMs: number;
  readonly showKeys: boolean;
}

export const listHead = [
  'age',
  'table',
  'event',
  'route',
  'reason',
  'error',
  'attempts',
  'keys',
  'id',
] as const;

/** What a row says after its age. A pointer's are the function for a route, and for keys which records it means. */
export function rowCells(
  { facts, shortId }: ListedMessage,
  { nowMs, showKeys }: RowStyle,
): readonly string[] {
  switch (facts.kind) {
    case 'letter': {
      const { table, eventName, route, reason, errorName, attempts, keys } = facts;
      return [
        ...[table, eventName, route, reason, errorName].map(wordText),
        String(attempts),
        maskedKeys(keys, showKeys),
        wordText(shortId),
      ];
    }
    case 'pointer':
      return [
        wordText(facts.table),
        'batch',
        wordText(facts.functionName),
        wordText(facts.condition),
        lossText(facts, nowMs),
        String(facts.attempts),
        `${countText(facts.batchSize, 'record')}, ${rangeText(facts)}`,
        wordText(shortId),
      ];
    case 'foreign':
      return [nothing, 'foreign', nothing, nothing, nothing, nothing, facts.why, wordText(shortId)];
  }
}

/** How long the stream still has a pointer's records. */
export function lossText({ lostAtMs }: PointerFacts, nowMs: number): string {
  if (lostAtMs === undefined) return 'records kept';
  return lostAtMs > nowMs
    ? `lost in ${durationText(lostAtMs - nowMs)}`
    : `lost since ${durationText(nowMs - lostAtMs)}`;
}

/** Numbers of a stream have 21 digits or more, and only the last ones tell them apart. */
const rangeText = ({ first, last }: PointerFacts): string => `${ending(first)} to ${ending(last)}`;

const ending = (number: string): string => (number.length > 8 ? `…${number.slice(-6)}` : number);

export const ageText = ({ givenUpAtMs }: FoundFacts, nowMs: number): string =>
  durationText(nowMs - givenUpAtMs);

/** A row for programs: the time in place of an age. */
export const rowLine = (row: ListedMessage, style: RowStyle): string =>
  [timeText(row.facts.givenUpAtMs), ...rowCells(row, style)].join('\t');

export const timeText = (ms: number): string =>
  Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : nothing;
