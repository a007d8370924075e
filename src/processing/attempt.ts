import type { Context } from 'aws-lambda';
import { RouteTimeoutError } from '../errors.ts';
import type { RoutedBy } from '../routing/match.ts';
import type { AnyChange, RouteContext } from '../routing/route.ts';
import { runMiddleware } from '../routing/run-middleware.ts';
import { changeFor } from '../routing/validate.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import type { Invocation } from './invocation.ts';

/** A class, for the id is a hash and nearly nobody asks for it. */
class AttemptContext implements RouteContext {
  readonly route: string;
  readonly signal: AbortSignal;
  readonly attempt: number;
  readonly isReplay: boolean;
  readonly lambda: Context;
  readonly #id: () => string;

  constructor(
    { isReplay, lambda }: Invocation,
    {
      route,
      attempt,
      signal,
      id,
    }: Pick<RouteContext, 'route' | 'attempt' | 'signal'> & { readonly id: () => string },
  ) {
    this.route = route;
    this.signal = signal;
    this.attempt = attempt;
    this.isReplay = isReplay;
    this.lambda = lambda;
    this.#id = id;
  }

  get idempotencyKey(): string {
    return this.#id();
  }
}

/** A route's handling of one record, attempt by attempt. */
export interface RouteRun {
  /** Whether the route's `when` wants the change. */
  readonly wants: () => Promise<boolean>;
  /** Runs the handler once; false if the route did not want the change. */
  readonly run: (attempt: number, id: () => string) => Promise<boolean>;
}

export function createRouteRun(routed: RoutedBy, record: ReadRecord, invocation: Invocation): RouteRun {
  const { name, when, timeoutMs } = routed.route;
  let prepared: AnyChange | undefined;
  const prepare = async () => (prepared ??= await changeFor(routed, record));

  return {
    wants: async () => when === undefined || when(await prepare()),
    async run(attempt, id) {
      const change = prepared ?? (await prepare());
      if (when !== undefined && !when(change)) return false;
      const contextFor = (signal: AbortSignal) =>
        new AttemptContext(invocation, { route: name, attempt, signal, id });
      if (timeoutMs === undefined) await runHandler(routed, change, contextFor(invocation.deadline.signal));
      else
        await withTimeout(timeoutMs, name, invocation, (signal) =>
          runHandler(routed, change, contextFor(signal)),
        );
      return true;
    },
  };
}

const runHandler = ({ route, router }: RoutedBy, change: AnyChange, context: RouteContext): unknown =>
  router.middleware.length === 0
    ? route.handle(change, context)
    : runMiddleware(router.middleware, route.handle, change, context);

/** Does not wait for a handler that goes on after its time is over: its signal is aborted, and what it ends with is passed over. */
async function withTimeout(
  timeoutMs: number,
  route: string,
  { runtime, deadline }: Invocation,
  run: (signal: AbortSignal) => unknown,
): Promise<void> {
  const controller = new AbortController();
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const cancel = runtime.after(timeoutMs, () => {
    const error = new RouteTimeoutError(`route "${route}" took longer than its timeoutMs of ${timeoutMs}`);
    controller.abort(error);
    reject(error);
  });
  try {
    const running = Promise.resolve(run(AbortSignal.any([deadline.signal, controller.signal])));
    await Promise.race([running, timedOut]);
  } finally {
    cancel();
  }
}
