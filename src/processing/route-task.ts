import type { Context } from 'aws-lambda';
import { workId } from '../idempotency/work.ts';
import type { RoutedBy } from '../routing/match.ts';
import type { AnyChange, RouteContext } from '../routing/route.ts';
import { runMiddleware } from '../routing/run-middleware.ts';
import { changeFor } from '../routing/validate.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation } from './invocation.ts';
import type { Retry } from './retry.ts';
import type { Task } from './task.ts';
import { unwanted } from './task.ts';
import { withTimeout } from './with-timeout.ts';

/** A class, for the id is a hash and nearly nobody asks for it. */
class AttemptContext implements RouteContext {
  readonly route: string;
  readonly signal: AbortSignal;
  readonly attempt: number;
  readonly isReplay: boolean;
  readonly lambda: Context;
  readonly #task: RouteTask;

  constructor(task: RouteTask, attempt: number, signal: AbortSignal) {
    const { isReplay, lambda } = task.invocation;
    this.route = task.route;
    this.signal = signal;
    this.attempt = attempt;
    this.isReplay = isReplay;
    this.lambda = lambda;
    this.#task = task;
  }

  get idempotencyKey(): string {
    return workId(this.#task);
  }
}

/** A route's handling of one record. A class, for one is made for each of them: closures cost four times as much. */
export class RouteTask implements Task {
  readonly consumer: string;
  readonly route: string;
  readonly eventSourceArn: string;
  readonly eventId: string;
  readonly record: RawRecord;
  readonly retry: Retry;
  readonly invocation: Invocation;
  readonly #routed: RoutedBy;
  readonly #read: ReadRecord;
  #change: AnyChange | undefined;

  constructor(routed: RoutedBy, read: ReadRecord, invocation: Invocation) {
    const { name, retry } = routed.route;
    this.consumer = invocation.consumer;
    this.route = name;
    this.eventSourceArn = read.eventSourceArn;
    this.eventId = read.eventId;
    this.record = read.raw;
    this.retry = retry === undefined ? invocation.retry : { ...invocation.retry, ...retry };
    this.invocation = invocation;
    this.#routed = routed;
    this.#read = read;
  }

  get hasDoubt(): boolean {
    return this.#routed.route.when !== undefined;
  }

  async wants(): Promise<boolean> {
    const { when } = this.#routed.route;
    return when === undefined || when(await this.#prepare());
  }

  run(attempt: number): unknown {
    const change = this.#change ?? this.#prepare();
    return change instanceof Promise
      ? change.then((prepared) => this.#attempt(prepared, attempt))
      : this.#attempt(change, attempt);
  }

  /** Decoded and read by the schema once, whatever the number of attempts. */
  #prepare(): AnyChange | Promise<AnyChange> {
    const change = changeFor(this.#routed, this.#read);
    if (!(change instanceof Promise)) return (this.#change = change);
    return change.then((prepared) => (this.#change = prepared));
  }

  #attempt(change: AnyChange, attempt: number): unknown {
    const { when, timeoutMs } = this.#routed.route;
    const { deadline } = this.invocation;
    if (when !== undefined && !when(change)) return unwanted;
    if (timeoutMs === undefined) return this.#handle(change, attempt, deadline.signal);
    return withTimeout(timeoutMs, this.route, this.invocation, (signal) =>
      this.#handle(change, attempt, signal),
    );
  }

  #handle(change: AnyChange, attempt: number, signal: AbortSignal): unknown {
    const { route, router } = this.#routed;
    const context = new AttemptContext(this, attempt, signal);
    return router.middleware.length === 0
      ? route.handle(change, context)
      : runMiddleware(router.middleware, route.handle, change, context);
  }
}
