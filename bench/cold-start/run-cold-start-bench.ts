import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLocalStack } from '../../src/local/index.ts';
import { createProgress } from '../report/progress.ts';
import { machine } from '../report/result.ts';
import { compileChild } from './bundle.ts';
import { coldStartContestants } from './contestants.ts';
import { readColdStartOptions } from './options.ts';
import { coldStartText } from './report.ts';
import type { SettingResult } from './run-setting.ts';
import { runSetting } from './run-setting.ts';
import { readBundling } from './settings.ts';
import { targetsOf } from './targets.ts';
import type { Worth } from './worth.ts';
import { worthOfSettings } from './worth.ts';

/** What a start costs beside the same consumer written by hand. `npm run bench -- cold-start`. */
export async function runColdStartBench(args: readonly string[]): Promise<void> {
  const { json, markdown, rounds, only } = readColdStartOptions(args);
  const chosen = coldStartContestants.filter(({ id }) => only.length === 0 || only.includes(id));
  const bundling = readBundling();
  const { esbuild, settings } = bundling;
  const loadBefore = loadText();
  const progress = createProgress(settings.length * (rounds + 1));
  const folder = mkdtempSync(join(tmpdir(), 'spillway-cold-start-'));
  const results: SettingResult[] = [];
  let worth: readonly Worth[];
  try {
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));
    await using stack = await startLocalStack();
    worth = await worthOfSettings(bundling, folder);
    const child = await compileChild(folder);
    for (const setting of settings)
      results.push(await runSetting({ chosen, setting, esbuild, rounds, folder, child, stack, progress }));
  } finally {
    progress.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const { node, cores, processor } = machine();
  console.log(
    `Node ${node}, ${cores} cores (${processor}); load of the machine ${loadBefore} before and ${loadText()} after. ` +
      `Medians of ${rounds} starts each.\n`,
  );
  const tables = results.map(({ table }) => table);
  console.log(coldStartText(tables, worth, markdown));
  if (tables.some(({ rows }) => rows.some(({ kind }) => kind === 'failed'))) process.exitCode = 1;
  if (json === undefined) return;
  const starts = Object.fromEntries(results.map(({ table, starts: of }) => [table.setting.id, of]));
  const written = { machine: machine(), tables, worth, starts, targets: targetsOf(tables) };
  writeFileSync(json, `${JSON.stringify(written, undefined, 2)}\n`);
}

/** Averaged over the last minute: how many processes want a processor, whoever's they are. */
const loadText = (): string => (loadavg()[0] ?? NaN).toFixed(1);
