import { randomUUID } from 'node:crypto';
import { environmentVariables } from './environment-variables.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { createEnvironment } from './execution-environment.ts';
import type { FunctionSettings } from './function-options.ts';
import { heapFlags } from './memory.ts';
import type { ProcessGuard } from './process-guard.ts';
import { startProcessGuard } from './process-guard.ts';
import { spawnRuntime } from './spawn-runtime.ts';

/** The execution environments of one function. */
export interface EnvironmentPool {
  /** One that is frozen, and runs the code of now; the one that was used last. */
  readonly takeIdle: () => ExecutionEnvironment | undefined;
  readonly start: () => ExecutionEnvironment;
  /** Gives an environment back that has answered. One with the code of before is ended. */
  readonly giveBack: (environment: ExecutionEnvironment) => void;
  /** From now on environments run the code of this folder. Resolves when the idle ones with other code are gone. */
  readonly replaceCode: (folder: string) => Promise<void>;
  readonly folder: () => string;
  /** Resolves when every process is gone. */
  readonly stop: () => Promise<void>;
}

export function createEnvironmentPool(settings: FunctionSettings): EnvironmentPool {
  const { functionName, memorySizeMb, sdkFrom, onLine } = settings;
  const execArgv = [...heapFlags(memorySizeMb), ...settings.execArgv];
  /** All that run, and whether they run the code of now. */
  const all = new Map<ExecutionEnvironment, 'current' | 'outdated'>();
  let idle: readonly ExecutionEnvironment[] = [];
  let folder = settings.folder;
  let guard: ProcessGuard | undefined;

  const endAll = () => Promise.all([...all.keys()].map((environment) => environment.end()));
  const guarded = (): ProcessGuard => {
    guard ??= startProcessGuard(() => {
      // Unguarded processes could outlive this one. The next invocation starts a guard and a process again.
      guard = undefined;
      void endAll();
    });
    return guard;
  };

  return {
    takeIdle: () => {
      const environment = idle.at(-1);
      idle = idle.slice(0, -1);
      return environment;
    },
    start: () => {
      // The guard first: from its first moment on the process has one.
      const itsGuard = guarded();
      const date = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
      const logStreamName = `${date}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
      const variables = environmentVariables({ ...settings, folder }, logStreamName, settings.environment);
      const runtime = spawnRuntime({ folder, execArgv, sdkFrom, environment: variables });
      const environment = createEnvironment(runtime, {
        functionName,
        memorySizeMb,
        guard: itsGuard,
        onLine,
      });
      all.set(environment, 'current');
      void environment.gone.then(() => {
        all.delete(environment);
        idle = idle.filter((each) => each !== environment);
      });
      return environment;
    },
    giveBack: (environment) => {
      const code = all.get(environment);
      if (code === 'current') idle = [...idle, environment];
      else if (code === 'outdated') void environment.end();
    },
    replaceCode: async (newFolder) => {
      folder = newFolder;
      const outdated = idle;
      idle = [];
      for (const environment of all.keys()) all.set(environment, 'outdated');
      await Promise.all(outdated.map((environment) => environment.end()));
    },
    folder: () => folder,
    stop: async () => {
      await endAll();
      await guard?.stop();
      guard = undefined;
    },
  };
}
