import { PassThrough, Writable } from 'node:stream';
import { dlqCommand } from '../../../src/cli/dlq/dlq-command.ts';
import type { DlqParts } from '../../../src/cli/dlq/dlq-parts.ts';
import type { LocalStack } from '../../../src/local/index.ts';

/** What a run of `spillway dlq` in this process came to. */
export interface DlqRun {
  readonly lines: () => readonly string[];
  readonly told: () => string;
  /** As it was set; undefined where nothing was. */
  readonly status: () => number | undefined;
  readonly interrupt: () => void;
  /** Rejects as the command does. */
  readonly ended: Promise<void>;
}

export interface RunOptions {
  readonly stack?: Pick<LocalStack, 'environment'>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly parts?: Partial<DlqParts>;
  /** The answer at the terminal; without, there is none. */
  readonly answer?: string;
  /** Whether stdout is a terminal. */
  readonly isTerminal?: boolean;
  /** Of that terminal. Default 200. */
  readonly columns?: number;
  readonly input?: Buffer;
  /** Takes what is written to stdout; an error given back breaks the stream. */
  readonly take?: (text: string) => Error | undefined;
}

export function startDlq(args: readonly string[], options: RunOptions = {}): DlqRun {
  const {
    stack,
    environment = {},
    parts = {},
    answer,
    isTerminal = false,
    columns = 200,
    input,
    take,
  } = options;
  const interrupted = new AbortController();
  let [written, told] = ['', ''];
  let status: number | undefined;
  const stdout = recording((text) => {
    const error = take?.(text);
    written += error ? '' : text;
    return error;
  });
  if (isTerminal) Object.assign(stdout, { isTTY: true, columns, getColorDepth: () => 1 });
  const stderr = recording((text) => {
    told += text;
    return undefined;
  });
  const stdin = new PassThrough();
  if (answer !== undefined) {
    Object.assign(stdin, { isTTY: true });
    Object.assign(stderr, { isTTY: true, columns: 200, getColorDepth: () => 1 });
    stdin.write(`${answer}\n`);
  }
  if (input !== undefined) stdin.end(input);
  const io = {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    environment: { ...stack?.environment, ...environment },
    interrupted: interrupted.signal,
    setExitStatus: (given: number) => (status = given),
  };
  const command = dlqCommand(io, { now: () => Date.now(), ...parts });
  for (const each of [command, ...command.commands])
    each.exitOverride().configureOutput({ writeErr: (text) => (told += text) });
  const ended = command.parseAsync(args, { from: 'user' }).then(() => undefined);
  ended.catch(() => undefined);
  return {
    lines: () => written.split('\n').slice(0, -1),
    told: () => told,
    status: () => status,
    interrupt: () => interrupted.abort(),
    ended,
  };
}

/** A run that has ended. */
export async function runDlq(args: readonly string[], options: RunOptions = {}): Promise<DlqRun> {
  const run = startDlq(args, options);
  await run.ended;
  return run;
}

const recording = (take: (text: string) => Error | undefined): Writable =>
  new Writable({ decodeStrings: false, write: (text: string, _, done) => done(take(text)) });
