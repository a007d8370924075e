import { BrokenPromiseError } from '../errors.ts';
import type { ChangeRecord, Image } from '../stream/change.ts';
import type { StreamView } from '../stream/record.ts';
import type { AnyChange, Handle, Middleware, RouteContext } from './route.ts';

/** Runs a handler inside its router's middleware, the first one outermost. */
export async function runMiddleware(
  middleware: readonly Middleware[],
  handle: Handle<AnyChange>,
  change: AnyChange,
  context: RouteContext,
): Promise<void> {
  const [first, ...rest] = middleware;
  if (first === undefined) {
    await handle(change, context);
    return;
  }
  let called = false;
  await first(change as ChangeRecord<Image, StreamView>, context, () => {
    if (called)
      throw new BrokenPromiseError(
        `a middleware around route "${context.route}" called next twice; a change is handled once`,
      );
    called = true;
    return runMiddleware(rest, handle, change, context);
  });
}
