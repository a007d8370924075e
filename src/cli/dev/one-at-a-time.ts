/**
 * Runs the work for each call, but never twice at a time: calls during a run lead to one more run after it, with the
 * argument of the first of them. The work must not reject.
 */
export function oneAtATime<Argument>(
  work: (argument: Argument) => Promise<void>,
): (argument: Argument) => void {
  let isRunning = false;
  let next: { readonly argument: Argument } | undefined;
  const run = async () => {
    isRunning = true;
    for (let current = next; current; current = next) {
      next = undefined;
      await work(current.argument);
    }
    isRunning = false;
  };
  return (argument) => {
    next ??= { argument };
    if (!isRunning) void run();
  };
}
