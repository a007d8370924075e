import { ItemParkedError, StaleLetterError } from '../errors.ts';
import type { ItemMemory, ItemName } from '../idempotency/item-memory.ts';
import { sequenceNumberOf } from '../stream/read-record.ts';
import { compareSequenceNumbers } from '../stream/sequence-number.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation, Progress } from './invocation.ts';
import { itemNameOf } from './item-of.ts';
import type { RecordResult } from './outcome.ts';
import { isSettled } from './outcome.ts';
import { noLongerFor } from './refuse-work.ts';
import type { LetterWork, ReplayWork } from './replay-work.ts';
import { runRecord } from './run-record.ts';
import { steadily } from './steadily.ts';
import type { Task } from './task.ts';

export interface ReplayedRecord {
  readonly work: ReplayWork;
  readonly record: RawRecord;
  readonly tasks: readonly Task[];
}

/** Replays a record: in its turn among the letters of its item, and then as any other. Never throws. */
export async function replayRecord(
  { work, record, tasks }: ReplayedRecord,
  invocation: Invocation,
  progress: Progress,
): Promise<RecordResult> {
  const { items, consumer } = invocation;
  const item = itemNameOf(consumer, record);
  const run = async (): Promise<RecordResult> => {
    const ran = await runRecord(tasks, invocation, progress);
    return 'settling' in ran ? await ran.settling : ran;
  };
  try {
    if (work.kind === 'record') {
      const isParked = invocation.parking !== undefined && items !== undefined && item !== undefined;
      if (isParked && (await steadily(invocation, () => items.isParked(item, invocation.runtime))))
        return await notBegun(new ItemParkedError(behindLetters), tasks);
      return await run();
    }
    if (items === undefined || item === undefined) return unlessUnwanted(work, await run());
    return await replayLetter(work, sequenceNumberOf(record), { items, item, tasks, run }, invocation);
  } catch (error) {
    return failed(error);
  }
}

interface LetterRun {
  readonly items: ItemMemory;
  readonly item: ItemName;
  readonly tasks: readonly Task[];
  readonly run: () => Promise<RecordResult>;
}

async function replayLetter(
  work: LetterWork,
  sequenceNumber: string,
  { items, item, tasks, run }: LetterRun,
  invocation: Invocation,
): Promise<RecordResult> {
  const { runtime } = invocation;
  const { parked } = work;
  const turn = parked && (await steadily(invocation, () => items.turnOf(item, parked, runtime)));
  if (turn === 'later') return notBegun(new ItemParkedError(behindOthers), tasks);

  const last = await steadily(invocation, () => items.lastReplayed(item, runtime));
  const isOvertaken = last !== undefined && compareSequenceNumbers(last, sequenceNumber) > 0;
  if (isOvertaken && turn !== 'now' && !work.evenIfStale)
    return (await areSettled(tasks)) ? duplicate : notBegun(new StaleLetterError(overtaken), tasks);

  const result = unlessUnwanted(work, await run());
  if (!isSettled(result.outcome)) return result;
  // Before its place is left: those behind it begin then.
  if (!isOvertaken) await steadily(invocation, () => items.markReplayed(item, sequenceNumber, runtime));
  if (parked !== undefined && turn === 'now')
    await steadily(invocation, () => items.leave(item, parked, runtime));
  return result;
}

/** A letter that lies in the queue twice is not stale but done. */
async function areSettled(tasks: readonly Task[]): Promise<boolean> {
  for (const { claim } of tasks) {
    const taken = await claim?.take();
    if (taken?.kind === 'mine') await claim?.release();
    if (taken?.kind !== 'settled') return false;
  }
  return tasks.length > 0;
}

/** The route was for the change when the letter was written. Such a letter is not thrown away unasked. */
const unlessUnwanted = ({ route }: LetterWork, result: RecordResult): RecordResult =>
  route !== null && result.outcome === 'unrouted' ? failed(noLongerFor(route)) : result;

async function notBegun(error: Error, tasks: readonly Task[]): Promise<RecordResult> {
  await Promise.all(tasks.map(async ({ claim }) => claim?.releaseUnused()));
  return failed(error);
}

const duplicate: RecordResult = { outcome: 'duplicate', routes: [] };

const failed = (error: unknown): RecordResult => ({
  outcome: 'failed',
  routes: [{ route: null, outcome: 'failed', attempts: 0, durationMs: 0, error }],
});

const behindLetters =
  'the item of this record is parked: replay the letters of the item first, and this one after them';
const behindOthers =
  'an earlier change of this item lies in the dead letters and is not settled yet: replay that first';
const overtaken =
  'a later change of this item was replayed before it: its effect would undo the later one. If it would not, replay it with ifStale: run';
