import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { createProgress } from '../report/progress.ts';
import { machine } from '../report/result.ts';
import { measureInChild } from './measure-in-child.ts';
import { readLocalOptions } from './options.ts';
import { parts } from './parts.ts';
import { markdownTable, terminalTable } from './report.ts';
import type { Series } from './series.ts';
import { pooled } from './series.ts';

/** The local stack and its mapping: latency, idle cost, throughput, and `spillway dev`. `npm run bench -- local`. */
export async function runLocalBench(args: readonly string[]): Promise<void> {
  const options = readLocalOptions(args);
  const chosen = parts.filter(({ topic }) => options.only.includes(topic));
  const loadBefore = loadText();
  const progress = createProgress(chosen.length * options.rounds);
  const measured: Series[] = [];
  const failures: string[] = [];
  try {
    // Round by round, so that what slows the machine for a while slows all parts.
    for (let round = 1; round <= options.rounds; round += 1)
      for (const part of chosen) {
        progress.step(`round ${round}: ${part.id}, load ${loadText()}`);
        const outcome = await measureInChild(part);
        if (outcome.kind === 'measured') measured.push(...outcome.series);
        else failures.push(outcome.reason);
      }
  } finally {
    progress.stop();
  }
  const series = pooled(measured);
  const { node, cores, processor } = machine();
  console.log(
    `Node ${node}, ${cores} cores (${processor}); load of the machine ${loadBefore} before and ${loadText()} after.\n\n` +
      (options.markdown ? markdownTable(series) : terminalTable(series)),
  );
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ machine: machine(), series }, undefined, 2)}\n`);
}

/** Averaged over the last minute: how many processes want a processor, whoever's they are. */
const loadText = (): string => (loadavg()[0] ?? NaN).toFixed(1);
