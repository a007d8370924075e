import { ItemParkedError, StaleLetterError } from '../errors.ts';
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
import type { Settling } from './run-task.ts';
import { steadily } from './steadily.ts';
import type { Task } from './task.ts';

export interface ReplayedRecord {
  readonly work: ReplayWork;
  readonly record: RawRecord;
  readonly tasks: readonly Task[];
}

type Ran = RecordResult | Settling<RecordResult>;

/** Replays a record: in its turn among the letters of its item, and then as any other. Never throws. */
export async function replayRecord(
  replayed: ReplayedRecord,
  invocation: Invocation,
  progress: Progress,
): Promise<Ran> {
  const run = async (): Promise<Ran> => runRecord(replayed.tasks, invocation, progress);
  try {
    return replayed.work.kind === 'record'
      ? ((await waitForLetters(replayed, invocation)) ?? (await run()))
      : await replayLetter({ ...replayed, work: replayed.work }, run, invocation);
  } catch (error) {
    return failed(error);
  }
}

/** While an item is parked, nothing of it goes past its letters. Undefined: it is not. */
async function waitForLetters(
  { record, tasks }: ReplayedRecord,
  invocation: Invocation,
): Promise<RecordResult | undefined> {
  const { items, parking, consumer, runtime } = invocation;
  const item = itemNameOf(consumer, record);
  if (parking === undefined || items === undefined || item === undefined) return undefined;
  const isParked = await steadily(invocation, () => items.isParked(item, runtime));
  return isParked ? notBegun(new ItemParkedError(behindLetters), tasks) : undefined;
}

async function replayLetter(
  { work, record, tasks }: ReplayedRecord & { readonly work: LetterWork },
  run: () => Promise<Ran>,
  invocation: Invocation,
): Promise<Ran> {
  const { items, replayed, runtime, consumer } = invocation;
  const item = itemNameOf(consumer, record);
  const { parked } = work;
  if (items === undefined || replayed === undefined || item === undefined)
    return after(await run(), (result) => Promise.resolve(unlessUnwanted(work, result)));

  const turn = parked && (await steadily(invocation, () => items.turnOf(item, parked, runtime)));
  if (turn === 'later') return notBegun(new ItemParkedError(behindOthers), tasks);

  const sequenceNumber = sequenceNumberOf(record);
  const last = await steadily(invocation, () => replayed.last(item));
  const isOvertaken = last !== undefined && compareSequenceNumbers(last, sequenceNumber) > 0;
  if (isOvertaken && turn !== 'now' && !work.evenIfStale)
    return (await areSettled(tasks)) ? duplicate : notBegun(new StaleLetterError(overtaken), tasks);

  return after(await run(), async (ended) => {
    const result = unlessUnwanted(work, ended);
    if (!isSettled(result.outcome)) return result;
    replayed.mark(item, sequenceNumber);
    if (parked === undefined || turn !== 'now') return result;
    return steadily(invocation, () => items.leave(item, parked, runtime)).then(() => result, failed);
  });
}

/** What is to be done when a record is through, without its slot where it only settles. */
const after = (
  ran: Ran,
  then: (result: RecordResult) => Promise<RecordResult>,
): Promise<Ran> | Settling<RecordResult> =>
  'settling' in ran ? { settling: ran.settling.then(then) } : then(ran);

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
