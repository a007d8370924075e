import { writeFileSync } from 'node:fs';
import { entrants } from './contestants/entrants.ts';
import { writeEventFiles, readEventFile } from './events/event-files.ts';
import { averageRecordBytes, parseEvent } from './events/event-text.ts';
import { measure } from './measure/measure.ts';
import { measureInChild } from './measure/measure-in-child.ts';
import type { BenchOptions } from './options.ts';
import { readOptions, usage } from './options.ts';
import { batchSizes, recordsPerSample } from './plan.ts';
import { reportText } from './report/print.ts';
import { createProgress } from './report/progress.ts';
import type { BenchResult } from './report/result.ts';
import { machine, rowOf } from './report/result.ts';
import { targetsOf } from './report/targets.ts';
import { runRounds } from './run-rounds.ts';

/** Spillway beside other ways to handle a batch. `npm run bench`; what is measured and how stands in docs/performance.md. */
async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { only, rounds, oneProcess } = options;
  const chosen = entrants.filter(({ id }) => only.length === 0 || only.includes(id));
  const files = writeEventFiles(
    [1, 10].flatMap((recordsPerItem) => batchSizes.map((records) => ({ records, recordsPerItem }))),
  );
  const progress = createProgress(chosen.length * (rounds + 1));
  try {
    const measureOne = oneProcess ? measure : measureInChild;
    const outcomes = await runRounds(
      chosen,
      rounds,
      (contestant, what) => measureOne(contestant, what, files.directory),
      progress,
    );
    const largest = readEventFile(files.directory, { records: recordsPerSample, recordsPerItem: 1 });
    return {
      machine: machine(),
      averageRecordBytes: averageRecordBytes(parseEvent(largest)),
      rows: [...outcomes].map(([entrant, outcome]) => rowOf(entrant, outcome)),
      rounds: Object.fromEntries(
        [...outcomes].map(([{ id }, outcome]) => [id, outcome.kind === 'measured' ? outcome.rounds : []]),
      ),
    };
  } finally {
    progress.stop();
    files.remove();
  }
}

const [first, ...others] = process.argv.slice(2);
try {
  if (first === 'local') {
    // Loaded only then: the local engines are nothing that a handler's time depends on.
    const { runLocalBench } = await import('./local/run-local-bench.ts');
    await runLocalBench(others);
  } else if (first === 'ledger') {
    const { runLedgerBench } = await import('./ledger/run-ledger-bench.ts');
    await runLedgerBench(others);
  } else if (first === 'replay') {
    const { runReplayBench } = await import('./replay/run-replay-bench.ts');
    await runReplayBench(others);
  } else if (first === 'cold-start') {
    const { runColdStartBench } = await import('./cold-start/run-cold-start-bench.ts');
    await runColdStartBench(others);
  } else await benchHandlers(process.argv.slice(2));
} catch (error) {
  console.error(`${String(error)}\n\n${usage}`);
  process.exitCode = 1;
}

async function benchHandlers(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const result = await runBench(options);
  console.log(reportText(result, options));
  if (options.json !== undefined)
    writeFileSync(
      options.json,
      `${JSON.stringify({ ...result, targets: targetsOf(result) }, undefined, 2)}\n`,
    );
  if (result.rows.some(({ failed }) => failed)) process.exitCode = 1;
}
