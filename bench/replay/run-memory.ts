import type { Progress } from '../report/progress.ts';
import { contestantOf } from './contestants.ts';
import { measureList } from './list-letters.ts';
import { startQueueProcess } from './queue-process.ts';
import type { SpeedResult } from './run-speed.ts';
import { rowOf } from './result.ts';
import type { TurnOutcome } from './take-turn.ts';
import { takeTurn } from './take-turn.ts';

export const sizes = [10_000, 100_000];

const countText = (letters: number): string => `${letters.toLocaleString('en-US')} letters`;

/** Each size twice: a process that has its garbage collected, to see what lives, has no peak that would mean anything. */
export async function runMemory(dynamodb: string, progress: Progress): Promise<SpeedResult> {
  const turns: Record<string, readonly TurnOutcome[]> = {};
  const rows = [];
  for (const letters of sizes) {
    progress.step(`memory: ${countText(letters)}`);
    const peak = await turnOf(letters, false, dynamodb);
    progress.step(`live heap: ${countText(letters)}`);
    const heap = await turnOf(letters, true, dynamodb);
    turns[`memory-${letters}`] = [peak, heap];
    rows.push(rowOf(String(letters), countText(letters), letters, [withHeapOf(peak, heap)]));
  }
  return { rows, turns };
}

async function turnOf(letters: number, seesHeap: boolean, dynamodb: string): Promise<TurnOutcome> {
  await using queue = await startQueueProcess();
  const plan = { contestant: contestantOf('plain'), letters, peerFolder: '', seesHeap, name: 'memory' };
  return await takeTurn(plan, queue, { dynamodb, sqs: queue.endpoint });
}

const withHeapOf = (peak: TurnOutcome, heap: TurnOutcome): TurnOutcome =>
  peak.kind === 'measured' && heap.kind === 'measured'
    ? { ...peak, took: { ...peak.took, liveBytes: heap.took.liveBytes } }
    : peak.kind === 'failed'
      ? peak
      : heap;

export async function runList(dynamodb: string, progress: Progress): Promise<SpeedResult> {
  const turns: Record<string, readonly TurnOutcome[]> = {};
  const rows = [];
  for (const letters of sizes) {
    progress.step(`list: ${countText(letters)}`);
    const id = `list-${letters}`;
    turns[id] = [await measureList(letters, dynamodb)];
    rows.push(rowOf(id, countText(letters), letters, turns[id]));
  }
  return { rows, turns };
}
