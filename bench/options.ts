import { parseArgs } from 'node:util';
import { entrants } from './contestants/entrants.ts';
import { defaultRounds } from './plan.ts';

export interface BenchOptions {
  /** Where to write what was measured. */
  readonly json: string | undefined;
  /** Print the table in Markdown. */
  readonly markdown: boolean;
  readonly rounds: number;
  /** Ids; empty: all. */
  readonly only: readonly string[];
  /** Measure all contestants in this process, to see what they do to each other. */
  readonly oneProcess: boolean;
}

export const usage = `npm run bench -- [--json FILE] [--markdown] [--rounds N] [--only ID,ID] [--one-process]
ids: ${entrants.map(({ id }) => id).join(', ')}
npm run bench -- local [--json FILE] [--markdown] [--rounds N] [--only TOPIC,TOPIC]
topics: latency, idle, throughput, dev
npm run bench -- ledger [--json FILE] [--markdown] [--rounds N] [--only ID,ID]
ids: powertools-parallel, powertools-sequential, claim, record, checkpoint, off
npm run bench -- replay [--json FILE] [--markdown] [--rounds N] [--only ID,ID] [--delay-ms N]
ids: plain, ledger, fresh, replay-aws-dlq, lumigo-cli, bare, memory, list
npm run bench -- cold-start [--json FILE] [--markdown] [--rounds N] [--only ID,ID]
ids: spillway, powertools, spillway-ledger, spillway-zod, without-parser, bare`;

/** @throws Error that says which option is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      rounds: { type: 'string', default: String(defaultRounds) },
      only: { type: 'string', default: '' },
      'one-process': { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1, got ${values.rounds}`);
  const only = values.only.split(',').filter((id) => id !== '');
  const unknown = only.find((id) => entrants.every((entrant) => entrant.id !== id));
  if (unknown !== undefined) throw new Error(`--only: there is no "${unknown}"`);
  return { json: values.json, markdown: values.markdown, rounds, only, oneProcess: values['one-process'] };
}
