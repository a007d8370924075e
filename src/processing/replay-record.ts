import { ItemParkedError, StaleLetterError } from '../errors.ts';
import { sequenceNumberOf } from '../stream/read-record.ts';
import { compareSequenceNumbers } from '../stream/sequence-number.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation, Progress } from './invocation.ts';
import { itemNameOf } from './item-of.ts';
import type { RecordResult } from './outcome.ts';
import { isSettled } from './outcome.ts';
import { noLongerFor } from './refuse-work.ts';
import type { IfStale, LetterWork, ReplayWork } from './replay-work.ts';
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
  const { work, tasks } = replayed;
  const run = async (): Promise<Ran> => runRecord(tasks, invocation, progress);
  try {
    const stale = isParked(work) ? undefined : (work.stale ?? (await overtakenBy(replayed, invocation)));
    if (stale !== undefined && tasks.length > 0)
      return (await areSettled(tasks)) ? duplicate : await passOver(stale, work.ifStale, tasks);
    if (work.kind === 'letter') return await replayLetter({ ...replayed, work }, run, invocation);
    const waits = await waitForLetters(replayed, invocation);
    return waits ?? (await markWhenDone(replayed, await run(), invocation));
  } catch (error) {
    return notBegun(error, tasks);
  }
}

/** A parked item cannot have been overtaken: nothing of it is handled but by its letters, in their order. */
const isParked = (work: ReplayWork): boolean => work.kind === 'letter' && work.parked !== undefined;

/** The ledger remembers which change of an item was the latest to be replayed. */
async function overtakenBy(
  { work, record }: ReplayedRecord,
  invocation: Invocation,
): Promise<ReplayWork['stale']> {
  const { replayed, consumer } = invocation;
  const item = itemNameOf(consumer, record);
  if (replayed === undefined || item === undefined || work.ifStale === 'run') return undefined;
  const last = await steadily(invocation, () => replayed.last(item));
  return last !== undefined && compareSequenceNumbers(last, sequenceNumberOf(record)) > 0
    ? { isSure: true }
    : undefined;
}

/** Not run. Skipped, it does not hold up what is behind it. */
async function passOver(
  { isSure }: NonNullable<ReplayWork['stale']>,
  ifStale: IfStale | undefined,
  tasks: readonly Task[],
): Promise<RecordResult> {
  const result = await notBegun(new StaleLetterError(isSure ? changed : untold), tasks);
  const [route] = result.routes;
  return ifStale === 'skip' && isSure && route !== undefined
    ? { outcome: 'unrouted', routes: [{ ...route, outcome: 'unrouted' }] }
    : result;
}

function markWhenDone(
  { record }: ReplayedRecord,
  ran: Ran,
  { replayed, consumer }: Invocation,
): Promise<Ran> | Settling<RecordResult> {
  return after(ran, (result) => {
    const item = itemNameOf(consumer, record);
    if (item !== undefined && result.outcome === 'handled') replayed?.mark(item, sequenceNumberOf(record));
    return Promise.resolve(result);
  });
}

/**
 * While an item is parked, nothing goes past its letters. What is behind them all follows them; what is in between could
 * only be handled in the wrong order. Undefined: it is not.
 */
async function waitForLetters(
  { record, tasks }: ReplayedRecord,
  invocation: Invocation,
): Promise<RecordResult | undefined> {
  const { items, parking, consumer, runtime } = invocation;
  const item = itemNameOf(consumer, record);
  if (parking === undefined || items === undefined || item === undefined) return undefined;
  const span = await steadily(invocation, () => items.find(item, runtime));
  const isAmongThem =
    span !== undefined &&
    compareSequenceNumbers(sequenceNumberOf(record), span.first) > 0 &&
    compareSequenceNumbers(sequenceNumberOf(record), span.last) <= 0;
  return isAmongThem ? notBegun(new ItemParkedError(behindLetters), tasks) : undefined;
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

  return after(await run(), async (ended) => {
    const result = unlessUnwanted(work, ended);
    if (!isSettled(result.outcome)) return result;
    replayed.mark(item, sequenceNumberOf(record));
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

/** Somebody wanted the change when the letter was written. It is not thrown away unasked. */
const unlessUnwanted = ({ route }: LetterWork, result: RecordResult): RecordResult =>
  result.outcome === 'unrouted' ? failed(noLongerFor(route)) : result;

async function notBegun(error: unknown, tasks: readonly Task[]): Promise<RecordResult> {
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
const changed = 'its item has changed since, or a later change of it was replayed before';
const untold = 'whether its item has changed since could not be told';
