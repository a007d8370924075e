import type { Selection } from '../../replay/engine/selection.ts';
import { listDeadLetters } from '../../replay/letters/list-letters.ts';
import type { CommandIO } from '../command-io.ts';
import { areText, countText, numberText } from './duration-text.ts';
import type { OpenQueue } from './open-queue.ts';

/** Pointers whose records the stream has lost, at least in part. */
export interface ExpiredPointers {
  readonly pointers: number;
  /** Of their batches, at most. */
  readonly records: number;
}

/** More are not to be worked off item by item. */
const mostLookedAt = 10_000;

/** By their times: the stream itself is not asked. Nothing is consumed. */
export async function findExpiredPointers(
  { queue, readMessage, waitSeconds }: OpenQueue,
  selection: Selection,
  nowMs: number,
  { interrupted }: Pick<CommandIO, 'interrupted'>,
): Promise<ExpiredPointers> {
  const { rows } = await listDeadLetters({
    ...{ queue, readMessage, selection, waitSeconds, signal: interrupted },
    limit: mostLookedAt,
  });
  const expired = rows.flatMap(({ facts }) =>
    facts.kind === 'pointer' && facts.lostAtMs !== undefined && facts.lostAtMs <= nowMs ? [facts] : [],
  );
  return {
    pointers: expired.length,
    records: expired.reduce((sum, { batchSize }) => sum + batchSize, 0),
  };
}

/** What `--from-table` means for them, before anybody agrees to it. */
export function expiredPointersText({ pointers, records }: ExpiredPointers, items: number): string {
  if (pointers === 0) return 'No pointer is past the 24 hours of its stream: --from-table has nothing to do.';
  const [them, they] = pointers === 1 ? ['it', 'the pointer stays'] : ['each', 'the pointers stay'];
  return (
    `${countText(pointers, 'pointer')}, of ${countText(records, 'record')} in all, ${areText(pointers)} past the 24 hours of the ` +
    `stream. What is left runs, and for ${them} the ${items === 1 ? 'item' : `${numberText(items)} items`} of --key as now in the ` +
    `table. Which records are lost nobody knows, so ${they}; when all is seen to, \`spillway dlq drop --id\` removes ${pointers === 1 ? 'it' : 'them'}.`
  );
}
