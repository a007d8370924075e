import { LocalStackError } from '../../errors.ts';
import type { EventSourceMapping } from '../../local/index.ts';
import type { CleanUp } from '../clean-up.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { messageOf } from '../message-of.ts';
import { painter } from '../paint.ts';
import { connect } from './aws-connection.ts';
import { changeLine } from './change-line.ts';
import { findStream, placeOf } from './find-stream.ts';
import { followStream } from './follow-stream.ts';
import { jsonLine } from './json-line.ts';
import { createLineOutput } from '../line-output.ts';
import type { SeenChange } from './seen-change.ts';
import { createShowRecords } from './show-records.ts';
import type { TailOptions } from './tail-options.ts';

/** Lambda's own rate, for AWS allows but a few readers; on this machine nobody minds. */
const pollIntervalMs = { onThisMachine: 20, elsewhere: 250 };

/**
 * Shows the changes of a table until it is interrupted, its limit is reached, it has caught up if that is enough, or no
 * one reads what it writes. What is no change goes to stderr.
 * @throws SpillwayError if the stream cannot be found, or cannot be read any more
 */
export async function runTail(options: TailOptions, io: CommandIO): Promise<void> {
  const { interrupted } = io;
  const isInterrupted = () => interrupted.aborted;
  if (isInterrupted()) return;
  await using cleanUp = createCleanUp();
  const ended = Promise.withResolvers<undefined>();
  // It may fail while something else is waited for; whoever waits for it later hears of it all the same.
  ended.promise.catch(() => undefined);
  const end = () => ended.resolve(undefined);
  interrupted.addEventListener('abort', end, { once: true });
  cleanUp.defer(() => interrupted.removeEventListener('abort', end));

  try {
    await tail(options, io, { promise: ended.promise, end, fail: ended.reject }, cleanUp);
  } catch (error) {
    // What is broken off by an interruption fails of it.
    if (!isInterrupted()) throw error;
  }
}

interface Ended {
  /** Rejects after `fail`. */
  readonly promise: Promise<undefined>;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

async function tail(options: TailOptions, io: CommandIO, ended: Ended, cleanUp: CleanUp): Promise<void> {
  const tell = (text: string) => void io.stderr.write(`${text}\n`);
  const output = createLineOutput(io.stdout, (why) => {
    if (why.kind === 'reader-gone') ended.end();
    else ended.fail(new LocalStackError('The changes cannot be written to stdout.', { cause: why.error }));
  });
  cleanUp.defer(output.release);

  const region = options.region ?? options.table.region;
  const connection = await connect({ region, endpoint: options.endpoint }, io.environment);
  cleanUp.defer(connection.close);
  const { streamArn, view } = await findStream(options.table, options.from, connection, io.interrupted);

  let lastTold = '';
  const starting = followStream({
    ...options,
    streamArn,
    streams: connection.streams,
    pollIntervalMs: connection.isOnThisMachine ? pollIntervalMs.onThisMachine : pollIntervalMs.elsewhere,
    untilDrained: output.untilDrained,
    show: createShowRecords({
      ...options,
      lineOf: lineMaker(options, io),
      write: (line) => {
        lastTold = '';
        output.write(line);
      },
      tell,
      onLimit: ended.end,
    }),
    // It tries again every few seconds, and once is enough to know.
    onPassing: (error) => {
      const text = messageOf(error);
      if (text !== lastTold) tell(text);
      lastTold = text;
    },
    onFailed: ended.fail,
  });
  const mapping = await startedUnlessEnded(starting, ended.promise);
  if (mapping === undefined) return;
  cleanUp.defer(() => mapping.stop({ abandon: true }));
  const since = options.from === 'LATEST' ? 'from now on' : 'from the oldest that is kept';
  tell(`The changes of ${options.table.name} ${placeOf(connection)} (${view}), ${since}:`);
  if (options.untilCaughtUp) mapping.untilCaughtUp().then(ended.end, ended.fail);
  await ended.promise;
}

function lineMaker(
  { json, keysOnly }: Pick<TailOptions, 'json' | 'keysOnly'>,
  { stdout }: CommandIO,
): (change: SeenChange) => string {
  const paint = painter(stdout);
  // Asked for each line: a window can be made wider.
  const columns = () => (stdout.isTTY ? stdout.columns || 80 : undefined);
  return json
    ? (change) => jsonLine(change, { keysOnly })
    : (change) => changeLine(change, { keysOnly, columns: columns(), paint });
}

/** Undefined if it ended before it started; what starts after that is stopped. */
async function startedUnlessEnded(
  starting: Promise<EventSourceMapping>,
  ended: Promise<undefined>,
): Promise<EventSourceMapping | undefined> {
  const stopLate = () => {
    starting.then((late) => late.stop({ abandon: true })).catch(() => undefined);
  };
  try {
    const mapping = await Promise.race([starting, ended]);
    if (mapping === undefined) stopLate();
    return mapping;
  } catch (error) {
    stopLate();
    throw error;
  }
}
