import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { startLocalStack } from '../../src/local/index.ts';
import { createProgress } from '../report/progress.ts';
import { machine } from '../report/result.ts';
import { readLedgerOptions } from './options.ts';
import { settingText } from './report.ts';
import type { SettingResult } from './result.ts';
import { runSetting } from './run-setting.ts';
import { settings } from './settings.ts';
import { targetsOf } from './targets.ts';

/** What it costs to remember what was done, beside Powertools. `npm run bench -- ledger`. */
export async function runLedgerBench(args: readonly string[]): Promise<void> {
  const { json, markdown, rounds, only } = readLedgerOptions(args);
  const plans = settings
    .map((setting) => ({
      setting,
      chosen: setting.contestants.filter((id) => only.length === 0 || only.includes(id)),
    }))
    .filter(({ chosen }) => chosen.length > 0);
  const loadBefore = loadText();
  const progress = createProgress(rounds * plans.reduce((sum, { chosen }) => sum + chosen.length, 0));
  const results: SettingResult[] = [];
  try {
    await using stack = await startLocalStack();
    const endpoint = stack.endpoints.dynamodb;
    for (const { setting, chosen } of plans)
      results.push(await runSetting(setting, { chosen, rounds, endpoint, progress }));
  } finally {
    progress.stop();
  }
  const { node, cores, processor } = machine();
  console.log(
    `Node ${node}, ${cores} cores (${processor}); load of the machine ${loadBefore} before and ${loadText()} after. ` +
      'Batches of 1,000 MODIFY records, each of another item; "again": the same batch a second time.',
  );
  for (const result of results) console.log(`\n${settingText(result, markdown)}`);
  if (results.some(({ rows }) => rows.some(({ kind }) => kind === 'failed'))) process.exitCode = 1;
  if (json === undefined) return;
  const written = results.map((result) => ({ ...result, targets: targetsOf(result) }));
  writeFileSync(json, `${JSON.stringify({ machine: machine(), results: written }, undefined, 2)}\n`);
}

/** Averaged over the last minute: how many processes want a processor, whoever's they are. */
const loadText = (): string => (loadavg()[0] ?? NaN).toFixed(1);
