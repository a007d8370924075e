import { parseArgs } from 'node:util';
import { coldStartContestants } from './contestants.ts';

export interface ColdStartOptions {
  /** Where to write every start. */
  readonly json: string | undefined;
  /** Print the tables in Markdown. */
  readonly markdown: boolean;
  /** How often each contestant starts, each time in a new process. */
  readonly rounds: number;
  /** Ids of contestants; empty: all. */
  readonly only: readonly string[];
}

/** @throws Error that says which option is wrong */
export function readColdStartOptions(args: readonly string[]): ColdStartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '20' },
      only: { type: 'string', default: '' },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1, got ${values.rounds}`);
  const only = values.only.split(',').filter((id) => id !== '');
  const ids = coldStartContestants.map(({ id }) => id);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`--only: there is no "${unknown}", there are ${ids.join(', ')}`);
  return { json: values.json, markdown: values.markdown, rounds, only };
}
