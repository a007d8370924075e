import { parseArgs } from 'node:util';
import type { Topic } from './parts.ts';
import { topics } from './parts.ts';

export interface LocalBenchOptions {
  /** Where to write every value that was measured. */
  readonly json: string | undefined;
  /** Print the table in Markdown. */
  readonly markdown: boolean;
  /** How often each part is measured, each time in a new process. */
  readonly rounds: number;
  readonly only: readonly Topic[];
}

/** @throws Error that says which option is wrong */
export function readLocalOptions(args: readonly string[]): LocalBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '1' },
      only: { type: 'string', default: topics.join(',') },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1, got ${values.rounds}`);
  const asked = values.only.split(',');
  const unknown = asked.find((topic) => topics.every((known) => known !== topic));
  if (unknown !== undefined) throw new Error(`--only: there is no "${unknown}"`);
  return {
    json: values.json,
    markdown: values.markdown,
    rounds,
    only: topics.filter((topic) => asked.includes(topic)),
  };
}
