/** How long an answer is still waited for when the user asks for the end: one that comes at all is here by then. */
const patienceMs = {
  /** Nothing is lost with them. */
  reading: 1_000,
  /** What SQS has handed out by then would be nobody's until its time is over. A receive waits for a second. */
  receiving: 2_000,
  /** Deleting, giving back and sending. */
  changing: 10_000,
};

const patienceFor = (commandName = ''): number => {
  if (commandName.startsWith('Receive')) return patienceMs.receiving;
  return /^(?:Get|List|Describe|BatchGet)/.test(commandName) ? patienceMs.reading : patienceMs.changing;
};

/**
 * A middleware for clients of the SDK, which would try again for minutes where nobody answers: a request rejects soon
 * after the signal has aborted, with the signal's reason.
 */
export const endOnInterrupt =
  (interrupted: AbortSignal) =>
  <Next extends (args: never) => Promise<object>>(
    next: Next,
    { commandName }: { readonly commandName?: string },
  ): Next =>
    // A generic function cannot say that it returns one of the same kind.
    ((args: never) => unlessInterrupted(next(args), interrupted, patienceFor(commandName))) as Next;

async function unlessInterrupted(
  answer: Promise<object>,
  interrupted: AbortSignal,
  ms: number,
): Promise<object> {
  const given = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => given.reject(interrupted.reason), ms);
  };
  if (interrupted.aborted) onAbort();
  else interrupted.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([answer, given.promise]);
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener('abort', onAbort);
  }
}
