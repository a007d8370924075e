import { chainOf, property } from '../../processing/thrown.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { shortMessageOf } from '../message-of.ts';
import { untilWritten } from '../until-written.ts';

/**
 * Runs a command of `spillway dlq`. That nobody reads its output any more interrupts it as Ctrl-C does, for messages that
 * it holds are to be given back; the exit status is 1 then. What fails only because it was interrupted is no failure to
 * tell of. The listeners stay, for an error may come late.
 */
export async function runGuarded(io: CommandIO, run: (guarded: CommandIO) => Promise<void>): Promise<void> {
  const { stdout, stderr } = io;
  const setExitStatus = (status: number) => io.setExitStatus?.(status);
  const gone = new AbortController();
  let isUnread = false;
  stdout.on('error', () => {
    isUnread = true;
  });
  for (const stream of [stdout, stderr]) stream.on('error', (error) => gone.abort(error));
  const interrupted = AbortSignal.any([io.interrupted, gone.signal]);
  const isGone = () => gone.signal.aborted;
  try {
    await run({
      ...io,
      interrupted,
      isUnread: () => isUnread,
      setExitStatus: (status) => setExitStatus(isGone() ? 1 : status),
    });
  } catch (error) {
    if (!interrupted.aborted || !isAbort(error, interrupted.reason)) throw error;
    setExitStatus(130);
    if (!isGone()) linesTo(stderr)('It was interrupted, and what did not answer was not waited for.');
  } finally {
    io.endSoon?.();
  }
  // What was written last may be what fails.
  await Promise.all([stdout, stderr].map(untilWritten));
  if (!isGone()) return;
  setExitStatus(1);
  const reason = gone.signal.reason as unknown;
  // Who read it has enough, as `head` does.
  if (!(reason instanceof Error && 'code' in reason && reason.code === 'EPIPE'))
    linesTo(stderr)(`What is to be shown cannot be written. ${shortMessageOf(reason)}`);
}

/** Whether it is of a request that was given up, by the SDK or by the client's middleware. */
const isAbort = (error: unknown, reason: unknown): boolean =>
  [...chainOf(error)].some((link) => link === reason || property(link, 'name') === 'AbortError');
