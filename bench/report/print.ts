import { styleText } from 'node:util';
import type { BenchOptions } from '../options.ts';
import { markdownTable, terminalTable } from './table.ts';
import type { BenchResult } from './result.ts';
import type { Target } from './targets.ts';
import { targetsOf } from './targets.ts';

/** All that the command prints. Colours are left out by node itself where there is no terminal, and with NO_COLOR. */
export function reportText(result: BenchResult, { markdown }: Pick<BenchOptions, 'markdown'>): string {
  const { machine, averageRecordBytes } = result;
  return [
    `Node ${machine.node}, ${machine.cores} cores (${machine.processor}); MODIFY records of ` +
      `${averageRecordBytes.toFixed(0)} bytes of JSON on average, two images, no ledger, no dead letters.`,
    '',
    markdown ? markdownTable(result) : terminalTable(result),
    '',
    ...targetsOf(result).map((target) => (markdown ? `- ${plain(target)}` : colored(target))),
  ].join('\n');
}

const plain = ({ aim, reached, figures }: Target): string => `${aim}: ${verdict(reached)}. ${figures}`.trim();

function colored(target: Target): string {
  const color = target.reached === undefined ? 'yellow' : target.reached ? 'green' : 'red';
  return styleText(color, plain(target));
}

const verdict = (reached: boolean | undefined): string =>
  reached === undefined ? 'not measured' : reached ? 'reached' : 'not reached';
