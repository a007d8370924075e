import { ClaimHeldError, ClaimLostError, ItemParkedError, LedgerError } from '../errors.ts';
import type { Taken } from '../idempotency/session.ts';
import type { Work } from '../idempotency/work.ts';
import { refuseLateStart } from './deadline.ts';
import type { GivenUp } from './give-up.ts';
import { giveUp } from './give-up.ts';
import type { Invocation, Progress } from './invocation.ts';
import type { RouteResult } from './outcome.ts';
import { backOff } from './retry.ts';
import { steadily } from './steadily.ts';
import type { Task } from './task.ts';
import { unwanted } from './task.ts';
import type { Verdict } from './verdict.ts';
import { verdictOn } from './verdict.ts';
import { waitForOwner } from './wait-for-owner.ts';

/** What the attempts came to. */
type Run =
  | { readonly kind: 'done' }
  | { readonly kind: 'unwanted' }
  /** The handler's own transaction has completed the work, whatever the handler threw after it. */
  | { readonly kind: 'committed'; readonly error?: unknown }
  /** Its transaction found that another run has settled the work, or has the claim on it. */
  | { readonly kind: 'settled-elsewhere' }
  | { readonly kind: 'claim-lost'; readonly error: unknown }
  | { readonly kind: 'gave-up'; readonly error: unknown; readonly verdict: Exclude<Verdict, 'transient'> }
  /** Worth another delivery: the error was transient, or the time was over before the attempts were. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Told to stop as the deadline neared. */
  | { readonly kind: 'stopped'; readonly error?: unknown };

type Ending = Pick<RouteResult, 'outcome' | 'error'>;

/** The handler is through: what is left is the word to the ledger, or a letter. */
export interface Settling<Result> {
  readonly settling: Promise<Result>;
}

const done: Run = { kind: 'done' };
const handled: Ending = { outcome: 'handled' };

/**
 * Claims and runs, and resolves when the handler is through; what it resolves to may still be settling. Never throws:
 * whatever goes wrong is the outcome.
 */
export async function runTask(
  task: Task,
  invocation: Invocation,
  progress: Progress,
): Promise<RouteResult | Settling<RouteResult>> {
  const { runtime } = invocation;
  const startedAt = runtime.now();
  progress.route = task.route;
  progress.startedAt = startedAt;
  progress.attempts = 0;
  const unstarted = task.claim === undefined ? undefined : await takeClaim(task, invocation, progress);
  if (unstarted !== undefined) return resultOf(task, unstarted, 0, runtime.now() - startedAt);
  const parked = invocation.parking === undefined ? undefined : await parkBehind(task, invocation);
  if (parked !== undefined) return resultOf(task, parked, 0, runtime.now() - startedAt);
  const run = await runAttempts(task, progress, invocation);
  task.claim?.endAttempts();
  const { attempts } = progress;
  if (run === done && task.claim === undefined)
    return resultOf(task, handled, attempts, runtime.now() - startedAt);
  return {
    settling: settle(run, task, attempts, invocation).then((ending) =>
      resultOf(task, ending, attempts, runtime.now() - startedAt),
    ),
  };
}

const resultOf = ({ route }: Task, ending: Ending, attempts: number, durationMs: number): RouteResult => ({
  route,
  attempts,
  durationMs,
  ...ending,
});

/** Undefined: the claim is taken and the work may begin. */
async function takeClaim(
  task: Task,
  invocation: Invocation,
  progress: Progress,
): Promise<Ending | undefined> {
  const { deadline } = invocation;
  try {
    // Saves the claim on a change that is not wanted. One that throws is run, and throws again where that counts.
    if (task.hasDoubt && !(await task.wants().catch(() => true))) return { outcome: 'unrouted' };
    for (let waits = 1; ; waits += 1) {
      if (deadline.remainingMs() <= 0) {
        await task.claim?.releaseUnused();
        return { outcome: 'deferred' };
      }
      const taken: Taken | undefined = await task.claim?.take();
      switch (taken?.kind) {
        case 'mine':
        case undefined:
          return undefined;
        case 'settled':
          return { outcome: 'duplicate' };
        case 'held':
          if (!(await waitForOwner(waits, taken.untilMs, invocation, progress)))
            return { outcome: 'failed', error: claimHeld(task) };
      }
    }
  } catch (error) {
    await task.claim?.releaseUnused();
    return { outcome: 'failed', error };
  }
}

async function runAttempts(task: Task, progress: Progress, invocation: Invocation): Promise<Run> {
  const { deadline, classify } = invocation;
  for (let unexpected = 0; ;) {
    // The claim may have taken all the time there was.
    if (invocation.ledger !== undefined && deadline.remainingMs() <= 0) return { kind: 'stopped' };
    // An attempt that was given up for its time may have gone on and committed.
    const before = progress.attempts > 0 ? await committedRun(task) : undefined;
    if (before !== undefined) return before;
    progress.attempts += 1;
    try {
      const ended = (await task.run(progress.attempts)) === unwanted ? { kind: 'unwanted' as const } : done;
      return task.claim === undefined ? ended : ((await committedRun(task)) ?? ended);
    } catch (error) {
      const committed = task.claim === undefined ? undefined : await committedRun(task, error);
      if (committed !== undefined) return committed;
      const verdict = verdictOn(error, classify);
      if (verdict === 'permanent') return { kind: 'gave-up', error, verdict };
      // Told to stop, a handler may throw what it likes: that says nothing of the record.
      if (deadline.remainingMs() <= 0) return { kind: 'stopped', error };
      if (verdict === 'unexpected') unexpected += 1;
      if (verdict === 'unexpected' && unexpected >= task.retry.attempts)
        return { kind: 'gave-up', error, verdict };
      if (!(await backOff(progress.attempts, task.retry, invocation))) return { kind: 'failed', error };
    }
  }
}

/** What the handler's commit came to, also one that it did not wait for; undefined if there was none. */
async function committedRun(task: Task, error?: unknown): Promise<Run | undefined> {
  const word = await task.claim?.committed();
  switch (word) {
    case 'kept':
      return error === undefined ? { kind: 'committed' } : { kind: 'committed', error };
    case 'settled':
      return { kind: 'settled-elsewhere' };
    case 'lost':
      return { kind: 'claim-lost', error };
    case undefined:
      return undefined;
  }
}

async function settle(run: Run, task: Task, attempts: number, invocation: Invocation): Promise<Ending> {
  switch (run.kind) {
    case 'committed':
      return 'error' in run ? { ...handled, error: run.error } : handled;
    case 'settled-elsewhere':
      return { outcome: 'duplicate' };
    case 'claim-lost':
      return { outcome: 'failed', error: run.error };
    case 'done':
    case 'unwanted':
    case 'gave-up':
    case 'failed':
    case 'stopped':
      // Another delivery may be under way by now: a late run may say that it has done its work, and nothing else.
      if (run.kind !== 'done' && invocation.deadline.isResponseDue()) return { outcome: 'deferred' };
  }
  const { claim } = task;
  try {
    return await settleClaim(run, task, attempts, invocation);
  } catch (error) {
    // A claim whose completion failed is left to its lease: the work is done, and to release it were to do it again.
    if (!(error instanceof LedgerError || error instanceof ClaimLostError)) await claim?.release();
    return { outcome: 'failed', error };
  }
}

async function settleClaim(
  run: Exclude<Run, { readonly kind: 'committed' | 'settled-elsewhere' | 'claim-lost' }>,
  task: Task,
  attempts: number,
  invocation: Invocation,
): Promise<Ending> {
  const { claim } = task;
  switch (run.kind) {
    case 'done':
      await claim?.complete('handled');
      return handled;
    case 'gave-up':
      if (task.staysAsLetter === true) {
        await claim?.release();
        return { outcome: 'failed', error: run.error };
      }
      try {
        await sendLetter({ task, ...run, attempts }, invocation);
      } catch (error) {
        await claim?.release();
        return { outcome: 'failed', error };
      }
      await claim?.complete('dead-lettered');
      return { outcome: 'dead-lettered', error: run.error };
    case 'unwanted':
      await claim?.release();
      return { outcome: 'unrouted' };
    case 'failed':
      await claim?.release();
      return { outcome: 'failed', error: run.error };
    case 'stopped':
      await claim?.release();
      return 'error' in run ? { outcome: 'deferred', error: run.error } : { outcome: 'deferred' };
  }
}

/** With the first letter its item is parked, where that is asked for. */
const sendLetter = (given: GivenUp, invocation: Invocation): Promise<void> => {
  const { parking } = invocation;
  return parking === undefined
    ? giveUp(given, invocation)
    : steadily(invocation, () =>
        parking.begin(given.task, (parked) => giveUp({ ...given, ...(parked && { parked }) }, invocation)),
      );
};

/** A change whose item is parked follows those before it to the dead letters. Undefined: it is to be handled. */
async function parkBehind(task: Task, invocation: Invocation): Promise<Ending | undefined> {
  const { parking } = invocation;
  if (parking === undefined || task.staysAsLetter === true) return undefined;
  const error = new ItemParkedError(
    'an earlier change of this item was dead-lettered, and this one waits behind it; replay the letters of the item',
  );
  const given = { task, error, verdict: 'permanent' as const, attempts: 0 };
  try {
    const follows = await steadily(invocation, () =>
      parking.follow(task, (parked) => {
        refuseLateStart(invocation.deadline);
        return giveUp({ ...given, parked }, invocation);
      }),
    );
    if (!follows) return undefined;
    await task.claim?.complete('dead-lettered');
    return { outcome: 'dead-lettered', error };
  } catch (failure) {
    // As with any letter: one that is kept and not remembered is written again, and is the same letter.
    await task.claim?.release();
    return { outcome: invocation.deadline.remainingMs() > 0 ? 'failed' : 'deferred', error: failure };
  }
}

const claimHeld = ({ route }: Work): ClaimHeldError =>
  new ClaimHeldError(
    `another run holds the claim on this record for route "${route ?? ''}" and was still going when the time of this ` +
      'one was over; it is delivered again, and the claim ends with that run or its lease',
  );
