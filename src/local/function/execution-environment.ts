import { LocalStackError } from '../../errors.ts';
import type { FunctionIdentity } from './environment-variables.ts';
import type { Frame } from './frames.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import type { FunctionFailure, ProcessEnd } from './function-failure.ts';
import type { LogLine } from './log-lines.ts';
import { readLines } from './log-lines.ts';
import { peakMemoryMb } from './memory.ts';
import { freezeGroup, killGroup, thawGroup } from './process-group.ts';
import type { ProcessGuard } from './process-guard.ts';
import { createQuietWatch } from './quiet-watch.ts';
import type { InvocationRequest, RuntimeMessage } from './runtime-messages.ts';
import type { SpawnedRuntime } from './spawn-runtime.ts';

/** What came first of all that a process was waited for. */
export type Heard =
  | { readonly kind: 'ready' }
  | { readonly kind: 'response'; readonly json: string }
  | { readonly kind: 'failure'; readonly failure: FunctionFailure }
  | { readonly kind: 'exited'; readonly end: ProcessEnd; readonly lastWords: FunctionFailure | undefined }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'not-started'; readonly cause: unknown }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'abandoned' };

export type HeardAtInit = Exclude<Heard, { readonly kind: 'response' }>;
export type HeardOfInvocation = Exclude<Heard, { readonly kind: 'ready' }>;

export interface WaitingLimits {
  readonly limitMs: number;
  readonly abandoning: AbortSignal;
}

/**
 * One execution environment of a function: a process that handles one invocation at a time. It is frozen whenever it has
 * answered, and killed by whoever it keeps waiting for too long. No promise of it rejects.
 */
export interface ExecutionEnvironment {
  /** Resolves when the handler is loaded, or will not be. To be called once, right after the start. */
  readonly initialise: (limits: WaitingLimits) => Promise<HeardAtInit>;
  readonly invoke: (
    request: InvocationRequest,
    eventJson: string,
    limits: WaitingLimits,
  ) => Promise<HeardOfInvocation>;
  /** In MB, since the process began; undefined where the system does not tell. */
  readonly peakMemoryMb: () => number | undefined;
  /** Kills the process, frozen or not. Resolves when it is gone. */
  readonly end: () => Promise<void>;
  readonly gone: Promise<void>;
}

export interface EnvironmentParts extends Pick<FunctionIdentity, 'functionName' | 'memorySizeMb'> {
  readonly guard: ProcessGuard;
  readonly onLine: (line: LogLine) => void;
}

/** Memory above the limit is found out after so long, or when the process answers. */
const memoryWatchMs = 100;

type StartedRuntime = Extract<SpawnedRuntime, { readonly kind: 'started' }>;

export function createEnvironment(runtime: SpawnedRuntime, parts: EnvironmentParts): ExecutionEnvironment {
  if (runtime.kind === 'started') return createStarted(runtime, parts);
  const notStarted = () => runtime.cause.then((cause) => ({ kind: 'not-started', cause }) as const);
  const gone = runtime.cause.then(() => undefined);
  return {
    initialise: notStarted,
    invoke: notStarted,
    peakMemoryMb: () => undefined,
    end: () => gone,
    gone,
  };
}

function createStarted(runtime: StartedRuntime, parts: EnvironmentParts): ExecutionEnvironment {
  const { pid, process: child, channel, outputs } = runtime;
  const { guard, functionName, memorySizeMb, onLine } = parts;
  guard.watch(pid);

  let requestId: string | undefined;
  const readers = outputs.map((output) =>
    readLines(output, (text) =>
      onLine(requestId === undefined ? { functionName, text } : { functionName, requestId, text }),
    ),
  );
  const quiet = createQuietWatch([...outputs, channel]);

  let settle: ((heard: Heard) => void) | undefined;
  let last: Heard | undefined;
  const isOverMemory = () => (peakMemoryMb(pid) ?? 0) > memorySizeMb;
  /** An answer that has come before the end counts, though it may still wait for the log lines before it. */
  let answered: Promise<void> = Promise.resolve();
  const hear = (heard: Heard) => {
    answered = quiet.untilQuiet().then(() => {
      readers.forEach(({ flush }) => flush());
      settle?.(heard);
    });
  };

  let lastWords: FunctionFailure | undefined;
  const readFrame = ({ head, body }: Frame) => {
    // What the runtime wrote, unless the function itself wrote to the runtime's own file descriptor.
    const message = head as RuntimeMessage;
    if (message.kind === 'last-words') {
      lastWords = message.failure;
      return;
    }
    freezeGroup(pid);
    if (isOverMemory()) hear({ kind: 'out-of-memory' });
    else if (message.kind === 'response') hear({ kind: 'response', json: body.toString() });
    else hear(message);
  };
  const readChunk = createFrameReader(readFrame);
  channel.on('data', (chunk: Buffer) => {
    try {
      readChunk(chunk);
    } catch {
      killGroup(pid); // No sense can be made of it any more; "exit" says how it ends.
    }
  });
  channel.on('error', () => undefined); // The process is gone; "exit" says so.

  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      guard.leave(pid);
      const isRead = quiet.untilQuiet().then(() => answered);
      void isRead.then(() => {
        last = { kind: 'exited', end: { code, signal }, lastWords };
        readers.forEach(({ flush }) => flush());
        // A process that the function has left behind may hold the pipes open.
        [...outputs, channel].forEach((stream) => stream.destroy());
        settle?.(last);
        resolve();
      });
    });
  });

  const wait = async ({ limitMs, abandoning }: WaitingLimits): Promise<Heard> => {
    const heard = Promise.withResolvers<Heard>();
    settle = heard.resolve;
    const abandon = () => heard.resolve({ kind: 'abandoned' });
    abandoning.addEventListener('abort', abandon, { once: true });
    // An answer that has arrived while this process was busy is still to be read.
    const limit = setTimeout(
      () => setImmediate(() => setImmediate(() => heard.resolve({ kind: 'timed-out' }))),
      limitMs,
    );
    const memoryWatch = setInterval(() => {
      if (isOverMemory()) heard.resolve({ kind: 'out-of-memory' });
    }, memoryWatchMs);
    try {
      if (last !== undefined) heard.resolve(last);
      if (abandoning.aborted) abandon();
      return await heard.promise;
    } finally {
      settle = undefined;
      abandoning.removeEventListener('abort', abandon);
      clearTimeout(limit);
      clearInterval(memoryWatch);
    }
  };

  const outOfTurn = (): Extract<Heard, { readonly kind: 'not-started' }> => ({
    kind: 'not-started',
    cause: new LocalStackError(`A process of function ${functionName} answered out of turn.`),
  });
  return {
    initialise: async (limits) => {
      const heard = await wait(limits);
      return heard.kind === 'response' ? outOfTurn() : heard;
    },
    invoke: async (request, eventJson, limits) => {
      requestId = request.requestId;
      thawGroup(pid);
      channel.cork();
      for (const part of encodeFrame(request, Buffer.from(eventJson))) channel.write(part);
      channel.uncork();
      const heard = await wait(limits);
      return heard.kind === 'ready' ? outOfTurn() : heard;
    },
    peakMemoryMb: () => peakMemoryMb(pid),
    end: () => {
      killGroup(pid);
      return gone;
    },
    gone,
  };
}
