import { PermanentError } from '../errors.ts';
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
  let inner: Promise<void> | undefined;
  let isOver = false;
  const next = (): Promise<void> => {
    if (inner !== undefined || isOver)
      return Promise.reject(
        new PermanentError(
          `a middleware around route "${context.route}" called next ${isOver ? 'after it had ended' : 'twice'}; a change is handled once`,
        ),
      );
    inner = runMiddleware(rest, handle, change, context);
    inner.then(settle, settle);
    return inner;
  };
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  const hasSettled = (): boolean => isSettled;
  await first(change, context, next);
  isOver = true;
  // One that did not wait for it has not heard its error either; one that has caught it has decided on it.
  if (!hasSettled()) await inner;
}
