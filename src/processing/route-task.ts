import type { Context } from 'aws-lambda';
import { CommitRefusedError, PermanentError } from '../errors.ts';
import type { RecordWork } from '../idempotency/session.ts';
import { workId } from '../idempotency/work.ts';
import type { RoutedBy } from '../routing/match.ts';
import type { AnyChange, Handle, RouteContext } from '../routing/route.ts';
import { runMiddleware } from '../routing/run-middleware.ts';
import { changeFor } from '../routing/validate.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import { refuseLateStart } from './deadline.ts';
import type { Invocation } from './invocation.ts';
import type { ReplayWork } from './replay-work.ts';
import type { Retry } from './retry.ts';
import { mergeRetry } from './retry.ts';
import type { Task } from './task.ts';
import { unwanted } from './task.ts';
import { withTimeout } from './with-timeout.ts';
import type { WorkClaim } from './work-claim.ts';
import { claimOn } from './work-claim.ts';

/** A class, for the id is a hash and nearly nobody asks for it. */
class AttemptContext implements RouteContext {
  readonly route: string;
  readonly consumer: string;
  readonly signal: AbortSignal;
  readonly attempt: number;
  readonly isReplay: boolean;
  readonly lambda: Context;
  readonly #task: RouteTask;

  constructor(task: RouteTask, attempt: number, signal: AbortSignal) {
    const { replay, lambda } = task.invocation;
    this.route = task.route;
    this.consumer = task.consumer;
    this.signal = signal;
    this.attempt = attempt;
    this.isReplay = replay !== undefined;
    this.lambda = lambda;
    this.#task = task;
  }

  /** May be taken off the context, and is made only if somebody wants it. */
  get commit(): RouteContext['commit'] {
    const { claim } = this.#task;
    return (writes) => (claim === undefined ? Promise.reject(noLedger()) : claim.commit(writes));
  }

  get idempotencyKey(): string {
    return workId(this.#task);
  }
}

const noLedger = (): CommitRefusedError =>
  new CommitRefusedError(
    'context.commit writes to DynamoDB together with the ledger, and the ledger is switched off. Use dynamoDBLedger(...).',
  );

/** A route's handling of one record. A class, for one is made for each of them: closures cost four times as much. */
export class RouteTask implements Task {
  readonly consumer: string;
  readonly route: string;
  readonly eventSourceArn: string;
  readonly eventId: string;
  readonly record: RawRecord;
  readonly retry: Retry;
  readonly invocation: Invocation;
  readonly claim: WorkClaim | undefined;
  readonly #routed: RoutedBy;
  readonly #read: ReadRecord;
  readonly #replay: ReplayWork | undefined;
  #change: AnyChange | undefined;

  /** @param replay what a replay wants of the record; undefined: the stream delivers it */
  constructor(routed: RoutedBy, read: ReadRecord, invocation: Invocation, replay?: ReplayWork) {
    const { name, retry } = routed.route;
    this.consumer = invocation.consumer;
    this.route = name;
    this.eventSourceArn = read.eventSourceArn;
    this.eventId = read.eventId;
    this.record = read.raw;
    this.retry = retry === undefined ? invocation.retry : mergeRetry(invocation.retry, retry);
    this.invocation = invocation;
    this.claim = claimOn(this, invocation);
    this.#routed = routed;
    this.#read = read;
    this.#replay = replay;
  }

  get sequenceNumber(): string {
    return this.#read.sequenceNumber;
  }

  get isFromLetter(): boolean {
    return this.#replay?.kind === 'letter' && this.#replay.route !== null;
  }

  get staysAsLetter(): boolean {
    return this.#replay?.kind === 'letter';
  }

  get givenUpIn(): RecordWork['givenUpIn'] {
    return this.#replay?.kind === 'record' ? this.#replay.bounds : undefined;
  }

  get hasDoubt(): boolean {
    return this.#routed.route.when !== undefined;
  }

  async wants(): Promise<boolean> {
    this.#change = await changeFor(this.#routed, this.#read);
    return this.#isWanted(this.#change);
  }

  run(attempt: number): unknown {
    const { timeoutMs } = this.#routed.route;
    if (timeoutMs === undefined) return this.#attempt(attempt, this.invocation.deadline.signal);
    return withTimeout(timeoutMs, this.route, this.invocation, (signal) => this.#attempt(attempt, signal));
  }

  #attempt(attempt: number, signal: AbortSignal): unknown {
    // Made anew for each attempt, for a handler may have written into the last one.
    const change = this.#change ?? changeFor(this.#routed, this.#read);
    this.#change = undefined;
    if (!(change instanceof Promise)) return this.#handle(change, attempt, signal);
    return change.then((read) => {
      refuseLateStart(this.invocation.deadline);
      return this.#handle(read, attempt, signal);
    });
  }

  #handle(change: AnyChange, attempt: number, signal: AbortSignal): unknown {
    const { route, router } = this.#routed;
    if (route.when !== undefined && !this.#isWanted(change)) return unwanted;
    const context = new AttemptContext(this, attempt, signal);
    if (router.middleware.length === 0) return route.handle(change, context);
    const start: Handle<AnyChange> = (...given) => {
      refuseLateStart(this.invocation.deadline);
      return route.handle(...given);
    };
    return runMiddleware(router.middleware, start, change, context);
  }

  #isWanted(change: AnyChange): boolean {
    const answer: unknown = this.#routed.route.when?.(change) ?? true;
    if (typeof answer === 'boolean') return answer;
    throw new PermanentError(`route "${this.route}": "when" must answer true or false, and at once`);
  }
}
