import { parseArgs } from 'node:util';
import { replayContestants } from './contestants.ts';

export interface ReplayBenchOptions {
  /** Where to write every turn. */
  readonly json: string | undefined;
  /** Print the tables in Markdown. */
  readonly markdown: boolean;
  /** How often each contestant takes its turn, each time in a new process and with a new queue. */
  readonly rounds: number;
  /** Ids, `memory` and `list`; empty: all. */
  readonly only: readonly string[];
  /** By how much each request to SQS is delayed when the contestants take turns; 0: nothing stands in between. */
  readonly delayMs: number;
}

export const ids: readonly string[] = [...replayContestants.map(({ id }) => id), 'memory', 'list'];

/** @throws Error that says which option is wrong */
export function readReplayOptions(args: readonly string[]): ReplayBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      'delay-ms': { type: 'string', default: '0' },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1, got ${values.rounds}`);
  const delayMs = Number(values['delay-ms']);
  if (!(delayMs >= 0)) throw new Error(`--delay-ms must be a number from 0, got ${values['delay-ms']}`);
  const only = values.only.split(',').filter((id) => id !== '');
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`--only: there is no "${unknown}", there are ${ids.join(', ')}`);
  return { json: values.json, markdown: values.markdown, rounds, only, delayMs };
}
