import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { createEnvironmentPool } from './environment-pool.ts';
import type { ExecutionEnvironment, HeardAtInit } from './execution-environment.ts';
import type { FunctionOptions, FunctionReport } from './function-options.ts';
import { checkFolder, functionSettings } from './function-options.ts';
import type { InvocationResult, Invoke } from './invocation.ts';
import type { Phase, Shortfall } from './invocation-result.ts';
import { invocationResult, shortfall } from './invocation-result.ts';

/** Whether the function can be invoked: its handler is loaded and waits, or why not. */
export type WarmUp = { readonly kind: 'ready'; readonly initDurationMs: number } | Shortfall;

/** A function in processes of its own. */
export interface RunningFunction {
  readonly invoke: Invoke;
  /**
   * Starts an execution environment and leaves it for the first invocation, so that a handler that cannot be loaded is
   * known before. `initDurationMs` is 0 if there is one already.
   */
  readonly warm: () => Promise<WarmUp>;
  /**
   * Running invocations end with the code they began with; those from now on use the new, of the same folder if no
   * other is given.
   * @throws InvalidOptionError if the folder is not absolute
   */
  readonly replaceCode: (folder?: string) => Promise<void>;
  /** Ends every process for certain; invocations that run are abandoned. Calling it again is harmless. */
  readonly stop: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

interface Prepared {
  readonly environment: ExecutionEnvironment;
  readonly heard: HeardAtInit;
  /** undefined for an environment that was there. */
  readonly initDurationMs: number | undefined;
  /** What is left of the time limit. */
  readonly leftMs: number;
  readonly phase: Phase;
}

/**
 * Runs a deployment package as Lambda runs it with Node.js 24: each execution environment is a process that handles one
 * invocation at a time, is frozen between them, and is killed at the time limit. Whatever ends this process, the function's
 * are gone soon after.
 *
 * Where it differs: an environment is never ended for having been idle; memory is measured every 100 ms, only on Linux, and
 * without what the function's own child processes take; there is no limit to the CPU; log lines are as they were written,
 * without Lambda's prefix; and on Windows nothing is frozen.
 * @throws InvalidOptionError for an option out of its range
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function startFunction(options: FunctionOptions): RunningFunction {
  const settings = functionSettings(options);
  const { functionName, functionArn, timeoutMs, memorySizeMb, maximumConcurrency, initLimitMs, onReport } =
    settings;
  const pool = createEnvironmentPool(settings);
  let running = 0;
  let stopped: Promise<void> | undefined;
  /** It may become so while something is waited for. */
  const isStopped = () => stopped !== undefined;

  const initialise = async (limitMs: number, abandoning: AbortSignal) => {
    const startedAt = performance.now();
    const environment = pool.start();
    const heard = await environment.initialise({ limitMs, abandoning });
    if (heard.kind !== 'ready') await environment.end();
    return { environment, heard, initDurationMs: performance.now() - startedAt };
  };

  const prepare = async (requestId: string, abandoning: AbortSignal): Promise<Prepared> => {
    const phase: Phase = { kind: 'init', requestId, limitMs: initLimitMs };
    const idle = pool.takeIdle();
    if (idle) {
      return {
        environment: idle,
        heard: { kind: 'ready' },
        initDurationMs: undefined,
        leftMs: timeoutMs,
        phase,
      };
    }
    const first = await initialise(initLimitMs, abandoning);
    if (first.heard.kind !== 'timed-out') return { ...first, leftMs: timeoutMs, phase };
    if (isStopped()) return { ...first, heard: { kind: 'abandoned' }, leftMs: timeoutMs, phase };
    // Lambda begins an init that was too long again, and now within the time limit of the function.
    const second = await initialise(timeoutMs, abandoning);
    const leftMs = Math.max(1, timeoutMs - second.initDurationMs);
    const timedPhase: Phase = { kind: 'invocation', requestId, timeoutMs };
    return { ...second, leftMs, phase: second.heard.kind === 'timed-out' ? timedPhase : phase };
  };

  const run = async (requestId: string, eventJson: string, abandoning: AbortSignal) => {
    const preparedAt = performance.now();
    const prepared = await prepare(requestId, abandoning);
    const { environment, initDurationMs, leftMs } = prepared;
    if (prepared.heard.kind !== 'ready') {
      const durationMs = performance.now() - preparedAt;
      return { durationMs, result: shortfall(prepared.heard, prepared.phase) };
    }
    const request = { requestId, functionArn, deadline: Date.now() + leftMs };
    const startedAt = performance.now();
    const heard = await environment.invoke(request, eventJson, { limitMs: leftMs, abandoning });
    const durationMs = performance.now() - startedAt;
    const maxMemoryUsedMb = environment.peakMemoryMb();
    if (heard.kind === 'response' || heard.kind === 'failure') pool.giveBack(environment);
    else await environment.end();

    const report: FunctionReport = { functionName, requestId, durationMs, memorySizeMb };
    onReport({
      ...report,
      ...(initDurationMs === undefined ? {} : { initDurationMs }),
      ...(maxMemoryUsedMb === undefined ? {} : { maxMemoryUsedMb }),
    });
    return { durationMs, result: invocationResult(heard, { kind: 'invocation', requestId, timeoutMs }) };
  };

  const invoke: Invoke = async (eventJson, abandoning) => {
    const requestId = randomUUID();
    const refused = (reason: string): InvocationResult => ({ kind: 'not-invoked', reason });
    if (abandoning.aborted) return { requestId, durationMs: 0, result: { kind: 'abandoned' } };
    if (isStopped())
      return { requestId, durationMs: 0, result: refused(`function ${functionName} is stopped`) };
    if (running >= maximumConcurrency) {
      const result = refused(
        `throttled: function ${functionName} runs ${running} invocations at once already`,
      );
      return { requestId, durationMs: 0, result };
    }
    running += 1;
    try {
      const { durationMs, result } = await run(requestId, eventJson, abandoning);
      const isCutOff = isStopped() && result.kind !== 'returned';
      return { requestId, durationMs, result: isCutOff ? { kind: 'abandoned' } : result };
    } finally {
      running -= 1;
    }
  };

  const stop = () => (stopped ??= pool.stop());
  return {
    invoke,
    warm: async () => {
      const idle = pool.takeIdle();
      if (idle) {
        pool.giveBack(idle);
        return { kind: 'ready', initDurationMs: 0 };
      }
      if (isStopped()) return { kind: 'not-invoked', reason: `function ${functionName} is stopped` };
      const { environment, heard, initDurationMs } = await initialise(
        initLimitMs,
        new AbortController().signal,
      );
      if (heard.kind === 'ready') {
        pool.giveBack(environment);
        return { kind: 'ready', initDurationMs };
      }
      if (isStopped()) return { kind: 'abandoned' };
      return shortfall(heard, { kind: 'init', requestId: undefined, limitMs: initLimitMs });
    },
    replaceCode: async (folder = pool.folder()) => {
      checkFolder(folder, `of function ${functionName}`);
      await pool.replaceCode(folder);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
