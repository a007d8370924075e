import type { Invocation, Invoke } from '../function/invocation.ts';
import type { RunningFunction, WarmUp } from '../function/start-function.ts';
import { startFunction } from '../function/start-function.ts';
import type { PlannedFunction } from '../template/function-plan.ts';
import type { ServiceOptions } from './service-options.ts';
import type { UnpackedCode } from './unpack-code.ts';
import { createUnpacker } from './unpack-code.ts';

interface Entry {
  /** All that a function is, but for its code. */
  readonly signature: string;
  readonly code: UnpackedCode;
  /** Where its code was before: an invocation that still runs may import from there. */
  readonly previousFolder: string;
  readonly running: RunningFunction;
  readonly invocations: Set<Promise<Invocation>>;
}

/** The functions of a service, by logical ID. */
export interface ServiceFunctions {
  /** Starts what is new and replaces what has changed; what is no longer there is left to `retain`. */
  readonly apply: (planned: readonly PlannedFunction[]) => Promise<ReadonlyMap<string, WarmUp>>;
  /** Ends all but these. Their mappings must have ended before. */
  readonly retain: (planned: readonly PlannedFunction[]) => Promise<void>;
  /** Invokes whatever the function is at the time. */
  readonly invokerOf: (logicalId: string) => Invoke;
  readonly stop: () => Promise<void>;
}

export interface ServiceFunctionsParts extends Pick<ServiceOptions, 'stack' | 'sdkFrom' | 'onLine'> {
  readonly workDir: string;
  readonly environment: Readonly<Record<string, string>>;
}

export function createServiceFunctions(parts: ServiceFunctionsParts): ServiceFunctions {
  const { stack, workDir, sdkFrom = process.cwd(), onLine } = parts;
  const unpacker = createUnpacker(workDir);
  const entries = new Map<string, Entry>();
  /** Those that have been replaced and still run. */
  const retired = new Set<Entry>();

  const start = (planned: PlannedFunction, folder: string): RunningFunction =>
    startFunction({
      functionName: planned.name,
      folder,
      handler: planned.handler,
      environment: { ...planned.environment, ...stack.environment, ...parts.environment },
      timeoutMs: planned.timeoutSeconds * 1_000,
      memorySizeMb: planned.memorySizeMb,
      sdkFrom,
      onLine,
    });
  /** What runs is not cut off: its time limit ends it. */
  const retire = async (entry: Entry): Promise<void> => {
    retired.add(entry);
    await Promise.allSettled(entry.invocations);
    await entry.running.stop();
    retired.delete(entry);
  };

  const applyOne = async (planned: PlannedFunction): Promise<WarmUp | undefined> => {
    const { logicalId, code: location, ...rest } = planned;
    const signature = JSON.stringify(rest);
    const code = await unpacker.unpack(location);
    const there = entries.get(logicalId);
    if (there?.signature === signature) {
      if (there.code.version === code.version && there.code.folder === code.folder) return undefined;
      await there.running.replaceCode(code.folder);
      entries.set(logicalId, { ...there, code, previousFolder: there.code.folder });
      return there.running.warm();
    }
    const running = start(planned, code.folder);
    entries.set(logicalId, {
      signature,
      code,
      previousFolder: there?.code.folder ?? code.folder,
      running,
      invocations: new Set(),
    });
    if (there) void retire(there);
    return running.warm();
  };

  return {
    apply: async (planned) => {
      const applied = await Promise.allSettled(planned.map(applyOne));
      // Only when all have ended, lest one is started after the service was stopped.
      for (const one of applied) if (one.status === 'rejected') throw one.reason;
      const warmUps = applied.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
      return new Map(
        planned.flatMap(({ name }, index) => {
          const warmUp = warmUps[index];
          return warmUp ? [[name, warmUp] as const] : [];
        }),
      );
    },
    retain: async (planned) => {
      const gone = [...entries].filter(([id]) => !planned.some(({ logicalId }) => logicalId === id));
      gone.forEach(([id]) => entries.delete(id));
      await Promise.all(gone.map(([, { running }]) => running.stop()));
      await unpacker.keepOnly(
        [...entries.values(), ...retired].flatMap(({ code, previousFolder }) => [
          code.folder,
          previousFolder,
        ]),
      );
    },
    invokerOf: (logicalId) => async (eventJson, abandoning) => {
      const entry = entries.get(logicalId);
      if (!entry) throw new TypeError(`there is a mapping to ${logicalId}, and no such function`);
      const invocation = entry.running.invoke(eventJson, abandoning);
      entry.invocations.add(invocation);
      return invocation.finally(() => entry.invocations.delete(invocation));
    },
    stop: async () => {
      await Promise.all([...entries.values(), ...retired].map(({ running }) => running.stop()));
    },
  };
}
