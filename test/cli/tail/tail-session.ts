import { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { tailCommand } from '../../../src/cli/tail/tail-command.ts';
import type { LocalStack } from '../../../src/local/index.ts';

/** One run of `spillway tail`, in this process. */
export interface TailSession {
  readonly lines: () => readonly string[];
  readonly told: () => string;
  /** How much was written that is not yet taken, in characters. */
  readonly waiting: () => number;
  readonly interrupt: () => void;
  /** Rejects as the command does. */
  readonly ended: Promise<void>;
  /** Resolves when it is following the stream. */
  readonly following: () => Promise<void>;
}

export interface SessionOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The width of the terminal; without, it is none. */
  readonly columns?: number;
  /** Takes a written text; an error given back breaks the stream. */
  readonly take?: (text: string) => Error | undefined | Promise<undefined>;
  readonly interrupted?: AbortController;
}

export function startTail(args: readonly string[], options: SessionOptions = {}): TailSession {
  const { environment = {}, interrupted = new AbortController() } = options;
  let [written, told] = ['', ''];
  const stdout = recording(async (text) => {
    const error = await options.take?.(text);
    if (error) throw error;
    written += text;
  });
  if (options.columns !== undefined) {
    const getColorDepth = () =>
      WriteStream.prototype.getColorDepth({ TERM: 'xterm', NO_COLOR: process.env['NO_COLOR'] });
    Object.assign(stdout, { isTTY: true, columns: options.columns, getColorDepth });
  }
  const stderr = recording((text) => {
    told += text;
    return Promise.resolve();
  });
  const command = tailCommand({
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    environment,
    interrupted: interrupted.signal,
  });
  command.exitOverride().configureOutput({ writeErr: (text) => (told += text) });
  const ended = command.parseAsync(args, { from: 'user' }).then(() => undefined);
  ended.catch(() => undefined);
  return {
    lines: () => written.split('\n').slice(0, -1),
    told: () => told,
    waiting: () => stdout.writableLength,
    interrupt: () => interrupted.abort(),
    ended,
    following: async () => {
      const until = async (): Promise<void> => {
        if (told.includes('The changes of')) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return until();
      };
      await Promise.race([until(), ended]);
    },
  };
}

const recording = (take: (text: string) => Promise<void>): Writable =>
  new Writable({
    decodeStrings: false,
    highWaterMark: 1_024,
    write: (text: string, _, done) => {
      take(text).then(() => done(), done);
    },
  });

/** All that a table's stream holds, shown by a run with these arguments. */
export async function linesOf(
  stack: Pick<LocalStack, 'environment'>,
  table: string,
  ...args: readonly string[]
): Promise<readonly string[]> {
  const everything = ['--table', table, '--from', 'trim-horizon', '--until-caught-up', ...args];
  const session = startTail(everything, { environment: { ...stack.environment } });
  await session.ended;
  return session.lines();
}
