import { parseArgs } from 'node:util';
import { ledgerContestants } from './contestants.ts';

export interface LedgerBenchOptions {
  /** Where to write every round. */
  readonly json: string | undefined;
  /** Print the tables in Markdown. */
  readonly markdown: boolean;
  /** How often each contestant takes its turn, each time in a new process and with a new table. */
  readonly rounds: number;
  /** Ids; empty: all. */
  readonly only: readonly string[];
}

const ids: readonly string[] = ledgerContestants.map(({ id }) => id);

/** @throws Error that says which option is wrong */
export function readLedgerOptions(args: readonly string[]): LedgerBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1, got ${values.rounds}`);
  const only = values.only.split(',').filter((id) => id !== '');
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) throw new Error(`--only: there is no "${unknown}", there are ${ids.join(', ')}`);
  return { json: values.json, markdown: values.markdown, rounds, only };
}
