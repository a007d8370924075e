import type { RunningFunction } from '../../../src/local/function/start-function.ts';
import { startFunction } from '../../../src/local/function/start-function.ts';

/** Where a handler runs: in the process of the mapping, or in one of its own. */
export type HandlerPlace = 'here' | 'in a process';

/** One of the functions of this folder in a process of its own, loaded. @throws Error if it cannot be loaded */
export async function startBenchFunction(name: 'first-line' | 'do-nothing'): Promise<RunningFunction> {
  const running = startFunction({
    functionName: name,
    folder: import.meta.dirname,
    handler: `${name}.handler`,
    environment: {},
    timeoutMs: 30_000,
    memorySizeMb: 512,
  });
  const warmUp = await running.warm();
  if (warmUp.kind !== 'ready') throw new Error(`${name} is not ready: ${JSON.stringify(warmUp)}`);
  return running;
}
