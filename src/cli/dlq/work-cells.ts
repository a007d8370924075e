import type { Freshness, ReplayedWork } from '../../replay/engine/run-options.ts';
import { harmless } from '../quote-text.ts';
import { maskedKeys, nothing, wordText } from './columns.ts';
import { keysJson } from './list-json.ts';

export const planHead = ['#', 'id', 'table', 'event', 'route', 'number', 'keys', 'item'] as const;

/** What a line says of a piece of work. */
export const workCells = (work: ReplayedWork, showKeys: boolean): readonly string[] => [
  wordText(work.id.slice(0, 12)),
  wordText(work.table),
  wordText(work.eventName),
  work.route === null ? 'all' : wordText(work.route),
  work.sequenceNumber === '' ? nothing : wordText(work.sequenceNumber),
  maskedKeys(work.keys, showKeys),
];

/** The same for JSON; keys as plain values, and only if they are asked for. */
export const plainWork = ({ keys = {}, ...work }: ReplayedWork, showKeys: boolean): object => ({
  ...work,
  ...(showKeys ? { keys: keysJson(keys) } : { keyNames: Object.keys(keys).sort() }),
});

/** What is known of the item, and what would become of the work if it would not run. */
export function freshnessText(freshness: Freshness, instead: string | undefined, why?: string): string {
  if (why !== undefined) return harmless(`${instead ?? 'left'}: ${why}`);
  const text = freshness.kind === 'unknown' ? harmless(`unknown: ${freshness.why}`) : freshness.kind;
  return instead === undefined || instead === freshness.kind ? text : `${text}, ${instead}`;
}
