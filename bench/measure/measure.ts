import type { Contestant } from '../contestants/contestant.ts';
import { measureMemory } from './memory.ts';
import type { Report } from './outcome.ts';
import { measureTimes } from './times.ts';

export type Measured = 'times' | 'memory';

/** Measures a contestant in this process. Never throws: what went wrong is the report. */
export async function measure(contestant: Contestant, what: Measured, directory: string): Promise<Report> {
  try {
    return what === 'times'
      ? { kind: 'times', times: await measureTimes(contestant, directory) }
      : { kind: 'memory', memory: await measureMemory(contestant, directory) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const [reason = ''] = message.split('\n');
    return { kind: missing.includes(code) ? 'absent' : 'failed', reason };
  }
}

const missing: readonly unknown[] = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'];
