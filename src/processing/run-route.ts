import { ClaimHeldError, DeadLetterError, LetterTooLargeError } from '../errors.ts';
import type { SettledAs } from '../idempotency/ledger.ts';
import type { Work } from '../idempotency/work.ts';
import { workId, workKey } from '../idempotency/work.ts';
import { sequenceNumberOf, tableOf } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation } from './invocation.ts';
import type { RouteResult } from './outcome.ts';
import type { Retry } from './retry.ts';
import { backOff, defaultRetry, withRetries } from './retry.ts';
import { property } from './thrown.ts';
import type { Verdict } from './verdict.ts';
import { reasonFor, verdictOn } from './verdict.ts';

/** One route's handling of one record: claim, run, settle. */
export interface Task {
  readonly work: Work;
  readonly record: RawRecord;
  readonly retry: Retry;
  /** Whether the route wants the change after all, where only its `when` can tell; may throw anything. */
  readonly wants: (() => Promise<boolean>) | undefined;
  /** One attempt: false if the route did not want the change. May throw anything. */
  run(attempt: number, id: () => string): Promise<boolean>;
}

type Run =
  | { readonly kind: 'done' }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'gave-up'; readonly error: unknown; readonly verdict: Exclude<Verdict, 'transient'> }
  /** Not done, and worth another delivery: it was transient, or the time was over before the attempts were. */
  | { readonly kind: 'unfinished'; readonly error: unknown; readonly outOfTime: boolean };

/** Never throws: whatever goes wrong is the record's outcome. */
export async function runTask(task: Task, invocation: Invocation): Promise<RouteResult> {
  const startedAt = invocation.runtime.now();
  let attempts = 0;
  const result = (outcome: RouteResult['outcome'], error?: unknown): RouteResult => ({
    route: task.work.route,
    outcome,
    attempts,
    durationMs: invocation.runtime.now() - startedAt,
    ...(error !== undefined && { error }),
  });

  const key = invocation.ledger === undefined ? undefined : workKey(task.work);
  try {
    if (key !== undefined && task.wants !== undefined && !(await wantsOrThrew(task.wants)))
      return result('unrouted');
    const claim = key === undefined ? undefined : await claimWork(key, invocation);
    if (claim?.kind === 'settled') return result('duplicate');
    if (claim?.kind === 'held') return result('failed', claimHeld(task.work));

    const run = await runAttempts(task, invocation, (attempt) => {
      attempts = attempt;
    });
    // Another delivery may be under way by now: a late run may say that it has done its work, and nothing else.
    if (run.kind !== 'done' && invocation.deadline.isResponseDue()) return result('deferred');
    switch (run.kind) {
      case 'done':
        if (key !== undefined) await completeWork(key, 'handled', invocation);
        return result('handled');
      case 'unwanted':
        await releaseWork(key, invocation);
        return result('unrouted');
      case 'gave-up':
        await sendLetter(task, { ...run, attempts }, invocation);
        if (key !== undefined) await completeWork(key, 'dead-lettered', invocation);
        return result('dead-lettered', run.error);
      case 'unfinished':
        await releaseWork(key, invocation);
        return result(run.outOfTime ? 'deferred' : 'failed', run.error);
    }
  } catch (error) {
    // The ledger or the dead letters have failed.
    if (error instanceof DeadLetterError || error instanceof LetterTooLargeError)
      await releaseWork(key, invocation);
    return result('failed', error);
  }
}

/** Saves the claim of a change that is not wanted. One that throws is run, and throws again where that counts. */
const wantsOrThrew = (wants: () => Promise<boolean>): Promise<boolean> => wants().catch(() => true);

async function runAttempts(
  { retry, run, work }: Task,
  invocation: Invocation,
  onAttempt: (attempt: number) => void,
): Promise<Run> {
  const { deadline, classify } = invocation;
  for (let attempt = 1; ; attempt += 1) {
    onAttempt(attempt);
    try {
      return { kind: (await run(attempt, () => workId(work))) ? 'done' : 'unwanted' };
    } catch (error) {
      const verdict = await verdictOn(error, classify);
      if (verdict === 'permanent') return { kind: 'gave-up', error, verdict };
      // Told to stop, a handler may throw what it likes: that says nothing of the record.
      if (deadline.signal.aborted) return { kind: 'unfinished', error, outOfTime: true };
      if (verdict === 'unexpected' && attempt >= retry.attempts) return { kind: 'gave-up', error, verdict };
      if (!(await backOff(attempt, retry, invocation)))
        return { kind: 'unfinished', error, outOfTime: false };
    }
  }
}

const claimWork = (key: string, invocation: Invocation) =>
  steadily(invocation, () => invocation.ledger?.claim(key, invocation.deadline.untilTimeoutMs()));

const completeWork = (key: string, as: SettledAs, invocation: Invocation) =>
  steadily(invocation, () => invocation.ledger?.complete(key, as));

/** A claim that cannot be released ends with its lease; the record is not settled either way. */
async function releaseWork(key: string | undefined, invocation: Invocation): Promise<void> {
  // Once the response is given another invocation may hold the claim.
  if (key === undefined || invocation.deadline.isResponseDue()) return;
  await steadily(invocation, () => invocation.ledger?.release(key)).catch(() => undefined);
}

async function sendLetter(
  { work, record }: Task,
  { error, verdict, attempts }: { error: unknown; verdict: Exclude<Verdict, 'transient'>; attempts: number },
  invocation: Invocation,
): Promise<void> {
  const { sendLetter: send, consumer, lambda, observer } = invocation;
  const { route, eventSourceArn, eventId } = work;
  if (send === undefined)
    throw new DeadLetterError(
      'the record cannot be handled and dead letters are switched off, so it stays in the stream until the mapping gives it up',
      { cause: error },
    );
  const letterId = workId(work);
  const reason = reasonFor(error, verdict);
  await steadily(invocation, () =>
    send({ consumer, route, id: letterId, reason, error, attempts, record, lambda }).catch(notSent),
  );
  const table = tableOf(eventSourceArn);
  const sequenceNumber = sequenceNumberOf(record);
  observer.onLetter({ consumer, letterId, route, reason, table, eventId, sequenceNumber });
}

function notSent(cause: unknown): never {
  if (cause instanceof DeadLetterError || cause instanceof LetterTooLargeError) throw cause;
  throw new DeadLetterError('the dead letters did not accept the letter; its record stays in the stream', {
    cause,
  });
}

/** The ledger and the queue are tried again, but not where AWS says that the request itself is wrong. */
const steadily = async <Result>(
  invocation: Invocation,
  operation: () => Promise<Result> | undefined,
): Promise<Result | undefined> =>
  withRetries(async () => operation(), defaultRetry, { ...invocation, isWorthIt: mayPass });

async function mayPass(error: unknown): Promise<boolean> {
  if (error instanceof LetterTooLargeError) return false;
  const cause = property(error, 'cause') ?? error;
  return property(cause, '$fault') !== 'client' || (await verdictOn(cause, undefined)) === 'transient';
}

const claimHeld = ({ route }: Work): ClaimHeldError =>
  new ClaimHeldError(
    `another run holds the claim on this record for route "${route ?? ''}" and may still be going; ` +
      'it is delivered again, and the claim ends with that run or its lease',
  );
