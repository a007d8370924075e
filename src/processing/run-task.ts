import { ClaimHeldError, LedgerError } from '../errors.ts';
import type { Work } from '../idempotency/work.ts';
import { workId } from '../idempotency/work.ts';
import type { RawRecord } from '../stream/record.ts';
import type { WorkClaim } from './claims.ts';
import { claimOn } from './claims.ts';
import { giveUp } from './give-up.ts';
import type { Invocation } from './invocation.ts';
import type { RouteResult } from './outcome.ts';
import type { Retry } from './retry.ts';
import { backOff } from './retry.ts';
import type { Verdict } from './verdict.ts';
import { verdictOn } from './verdict.ts';

/** One route's handling of one record: claim, run, settle. */
export interface Task {
  readonly work: Work;
  readonly record: RawRecord;
  readonly retry: Retry;
  /** Whether the route wants the change after all, where only its `when` can tell; may throw anything. */
  readonly wants: (() => Promise<boolean>) | undefined;
  /** One attempt: false if the route did not want the change. May throw anything. */
  readonly run: (attempt: number, id: () => string) => Promise<boolean>;
}

/** What the attempts came to. */
type Run = { readonly attempts: number } & (
  | { readonly kind: 'done' }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'gave-up'; readonly error: unknown; readonly verdict: Exclude<Verdict, 'transient'> }
  /** Worth another delivery: the error was transient, or the time was over before the attempts were. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Told to stop as the deadline neared. */
  | { readonly kind: 'stopped'; readonly error: unknown }
);

type Ending = Pick<RouteResult, 'outcome' | 'attempts' | 'error'>;

/** Never throws: whatever goes wrong is the outcome. */
export async function runTask(task: Task, invocation: Invocation): Promise<RouteResult> {
  const startedAt = invocation.runtime.now();
  const ending = await endingOf(task, invocation);
  return { route: task.work.route, durationMs: invocation.runtime.now() - startedAt, ...ending };
}

async function endingOf(task: Task, invocation: Invocation): Promise<Ending> {
  const claim = claimOn(task.work, invocation);
  if (claim === undefined) {
    const run = await runAttempts(task, invocation);
    return settle(run, { task, claim, invocation });
  }
  try {
    if (task.wants !== undefined && !(await wantsOrThrew(task.wants)))
      return { outcome: 'unrouted', attempts: 0 };
    const taken = await claim.take();
    if (taken.kind === 'settled') return { outcome: 'duplicate', attempts: 0 };
    if (taken.kind === 'held') return { outcome: 'failed', attempts: 0, error: claimHeld(task.work) };
  } catch (error) {
    return { outcome: 'failed', attempts: 0, error };
  }
  return settle(await runAttempts(task, invocation), { task, claim, invocation });
}

/** Saves the claim of a change that is not wanted. One that throws is run, and throws again where that counts. */
const wantsOrThrew = (wants: () => Promise<boolean>): Promise<boolean> => wants().catch(() => true);

async function runAttempts({ retry, run, work }: Task, invocation: Invocation): Promise<Run> {
  const { deadline, classify } = invocation;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return { kind: (await run(attempts, () => workId(work))) ? 'done' : 'unwanted', attempts };
    } catch (error) {
      const verdict = await verdictOn(error, classify);
      if (verdict === 'permanent') return { kind: 'gave-up', error, verdict, attempts };
      // Told to stop, a handler may throw what it likes: that says nothing of the record.
      if (deadline.signal.aborted) return { kind: 'stopped', error, attempts };
      if (verdict === 'unexpected' && attempts >= retry.attempts)
        return { kind: 'gave-up', error, verdict, attempts };
      if (!(await backOff(attempts, retry, invocation))) return { kind: 'failed', error, attempts };
    }
  }
}

interface Settling {
  readonly task: Task;
  readonly claim: WorkClaim | undefined;
  readonly invocation: Invocation;
}

async function settle(run: Run, { task, claim, invocation }: Settling): Promise<Ending> {
  const { attempts } = run;
  // Another delivery may be under way by now: a late run may say that it has done its work, and nothing else.
  if (run.kind !== 'done' && invocation.deadline.isResponseDue()) return { outcome: 'deferred', attempts };
  try {
    switch (run.kind) {
      case 'done':
        if (claim !== undefined) await claim.complete('handled');
        return { outcome: 'handled', attempts };
      case 'gave-up':
        await giveUp({ ...task, ...run }, invocation);
        if (claim !== undefined) await claim.complete('dead-lettered');
        return { outcome: 'dead-lettered', attempts, error: run.error };
      case 'unwanted':
        await claim?.release();
        return { outcome: 'unrouted', attempts: 0 };
      case 'failed':
        await claim?.release();
        return { outcome: 'failed', attempts, error: run.error };
      case 'stopped':
        await claim?.release();
        return { outcome: 'deferred', attempts, error: run.error };
    }
  } catch (error) {
    // A claim whose completion failed is left to its lease: the work is done, and to release it were to do it again.
    if (!(error instanceof LedgerError)) await claim?.release();
    return { outcome: 'failed', attempts, error };
  }
}

const claimHeld = ({ route }: Work): ClaimHeldError =>
  new ClaimHeldError(
    `another run holds the claim on this record for route "${route ?? ''}" and may still be going; ` +
      'it is delivered again, and the claim ends with that run or its lease',
  );
