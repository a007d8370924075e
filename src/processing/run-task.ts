import { ClaimHeldError, LedgerError } from '../errors.ts';
import type { Work } from '../idempotency/work.ts';
import type { WorkClaim } from './claims.ts';
import { claimOn } from './claims.ts';
import { giveUp } from './give-up.ts';
import type { Invocation, Progress } from './invocation.ts';
import type { RouteResult } from './outcome.ts';
import { backOff } from './retry.ts';
import type { Task } from './task.ts';
import { unwanted } from './task.ts';
import type { Verdict } from './verdict.ts';
import { verdictOn } from './verdict.ts';

/** What the attempts came to. */
type Run =
  | { readonly kind: 'done' }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'gave-up'; readonly error: unknown; readonly verdict: Exclude<Verdict, 'transient'> }
  /** Worth another delivery: the error was transient, or the time was over before the attempts were. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Told to stop as the deadline neared. */
  | { readonly kind: 'stopped'; readonly error?: unknown };

type Ending = Pick<RouteResult, 'outcome' | 'error'>;

const done: Run = { kind: 'done' };
const handled: Ending = { outcome: 'handled' };

/** Claims, runs and settles. Never throws: whatever goes wrong is the outcome. */
export async function runTask(task: Task, invocation: Invocation, progress: Progress): Promise<RouteResult> {
  const { runtime } = invocation;
  progress.route = task.route;
  progress.startedAt = runtime.now();
  progress.attempts = 0;
  const claim = claimOn(task, invocation);
  let ending = claim === undefined ? undefined : await takeClaim(claim, task, invocation);
  if (ending === undefined) {
    const run = await runAttempts(task, progress, invocation);
    ending =
      run === done && claim === undefined
        ? handled
        : await settle(run, progress, { task, claim, invocation });
  }
  const { attempts, startedAt } = progress;
  return { route: task.route, attempts, durationMs: runtime.now() - startedAt, ...ending };
}

/** Undefined: the claim is taken and the work may begin. */
async function takeClaim(
  claim: WorkClaim,
  task: Task,
  { deadline }: Invocation,
): Promise<Ending | undefined> {
  try {
    // Saves the claim on a change that is not wanted. One that throws is run, and throws again where that counts.
    if (task.hasDoubt && !(await task.wants().catch(() => true))) return { outcome: 'unrouted' };
    if (deadline.remainingMs() <= 0) return { outcome: 'deferred' };
    const taken = await claim.take();
    switch (taken.kind) {
      case 'claimed':
        return undefined;
      case 'settled':
        return { outcome: 'duplicate' };
      case 'held':
        return { outcome: 'failed', error: claimHeld(task) };
    }
  } catch (error) {
    return { outcome: 'failed', error };
  }
}

async function runAttempts(task: Task, progress: Progress, invocation: Invocation): Promise<Run> {
  const { deadline, classify } = invocation;
  for (let unexpected = 0; ;) {
    // The claim may have taken all the time there was.
    if (invocation.ledger !== undefined && deadline.remainingMs() <= 0) return { kind: 'stopped' };
    progress.attempts += 1;
    try {
      return (await task.run(progress.attempts)) === unwanted ? { kind: 'unwanted' } : done;
    } catch (error) {
      const verdict = await verdictOn(error, classify);
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

interface Settling {
  readonly task: Task;
  readonly claim: WorkClaim | undefined;
  readonly invocation: Invocation;
}

async function settle(
  run: Run,
  { attempts }: Progress,
  { task, claim, invocation }: Settling,
): Promise<Ending> {
  // Another delivery may be under way by now: a late run may say that it has done its work, and nothing else.
  if (run.kind !== 'done' && invocation.deadline.isResponseDue()) return { outcome: 'deferred' };
  try {
    switch (run.kind) {
      case 'done':
        if (claim !== undefined) await claim.complete('handled');
        return handled;
      case 'gave-up':
        await giveUp({ task, ...run, attempts }, invocation);
        if (claim !== undefined) await claim.complete('dead-lettered');
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
  } catch (error) {
    // A claim whose completion failed is left to its lease: the work is done, and to release it were to do it again.
    if (!(error instanceof LedgerError)) await claim?.release();
    return { outcome: 'failed', error };
  }
}

const claimHeld = ({ route }: Work): ClaimHeldError =>
  new ClaimHeldError(
    `another run holds the claim on this record for route "${route ?? ''}" and may still be going; ` +
      'it is delivered again, and the claim ends with that run or its lease',
  );
