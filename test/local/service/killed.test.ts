import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { lambda, mapping, projectOf, table, templateOf } from './small-service.ts';

const program = fileURLToPath(new URL('./programs/kept-service.ts', import.meta.url));

/** Runs the program until it has said so, and kills it then. Gives back all that it said. */
async function runUntil(isEnough: (lines: readonly string[]) => boolean, given: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=spillway-source', program, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const exited = once(child, 'exit');
  await new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      if (isEnough(lines)) resolve();
    });
    void exited.then(() => resolve());
  });
  child.kill('SIGKILL');
  await exited;
  return lines;
}

/** Takes its time, so that there is something left to do when the process is killed. */
const slowTeller = `
import { setTimeout } from 'node:timers/promises';
export const handler = async ({ Records }) => {
  await setTimeout(40);
  for (const { dynamodb } of Records) console.log('said ' + dynamodb.Keys.pk.S);
};`;

it('a service that is killed at its work, again and again, loses no change of its data folder', async () => {
  const { templatePath } = projectOf({
    'template.json': templateOf({
      Items: table(),
      Told: lambda('told'),
      Mapping: mapping('Told', { BatchSize: 10 }),
    }),
    'told/index.mjs': slowTeller,
  });
  const dataDir = mkdtempSync(join(tmpdir(), 'spillway-kept-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const itemsOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith('said '));

  const first = await runUntil((lines) => lines.includes('written'), [dataDir, templatePath, '200']);
  const second = await runUntil(
    (lines) => itemsOf(lines).length >= 150 || lines.includes('caught up'),
    [dataDir, templatePath],
  );
  const third = await runUntil((lines) => lines.includes('caught up'), [dataDir, templatePath]);

  expect(itemsOf(first).length).toBeLessThan(200);
  const all = new Set([first, second, third].flatMap(itemsOf));
  expect(all).toEqual(new Set(Array.from({ length: 200 }, (_, n) => `said item-${n}`)));
  // What was settled a while before the end is not done again.
  expect(itemsOf(third).length).toBeLessThan(200);
});
