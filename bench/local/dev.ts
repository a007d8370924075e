import { appendFile, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startDev } from './dev-process.ts';
import type { Series } from './series.ts';

const repository = join(import.meta.dirname, '../..');
const changes = 5;
/** Between two changes: the packager gets ready for the next. */
const pauseMs = 3_000;

/** `spillway dev` on this repository's own service: until it is ready, and until a changed source runs. */
export async function measureDev(): Promise<readonly Series[]> {
  return [await measureReady(), ...(await measureRestart())];
}

async function measureReady(): Promise<Series> {
  await using dev = startDev(repository);
  await dev.line(/^Ready in/);
  return {
    label: 'spillway dev, from its start to "Ready in"',
    unit: 's',
    values: [(performance.now() - dev.spawnedAt) / 1_000],
    aims: [{ figure: 'highest', is: 'at most', value: 10 }],
  };
}

async function measureRestart(): Promise<readonly Series[]> {
  await using cleanUp = new AsyncDisposableStack();
  const folder = await copyService();
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const dev = cleanUp.use(startDev(folder));
  await dev.line(/^Ready in/);

  const seen: number[] = [];
  const told: number[] = [];
  for (let change = 1; change <= changes; change += 1) {
    await wait(pauseMs);
    const restarted = dev.line(/ restarted in /);
    const changedAt = performance.now();
    // An export stays in the package; a comment would not, and nothing would restart.
    await appendFile(join(folder, 'handlers/orders.ts'), `export const change${change} = ${change};\n`);
    const line = await restarted;
    seen.push((performance.now() - changedAt) / 1_000);
    told.push(Number(/ restarted in ([\d.]+) s/.exec(line)?.[1]));
  }
  const aims = [{ figure: 'highest', is: 'at most', value: 2 }] as const;
  return [
    { label: 'spillway dev, from a changed source to "restarted in"', unit: 's', values: seen, aims },
    { label: 'spillway dev, what "restarted in" says', unit: 's', values: told, aims: [] },
  ];
}

/** The service in a folder of its own, whose sources may be changed. */
async function copyService(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spillway-bench-'));
  for (const name of ['serverless.yml', 'handlers', 'package.json', 'tsconfig.json'])
    await cp(join(repository, name), join(folder, name), { recursive: true });
  for (const name of ['node_modules', 'src']) await symlink(join(repository, name), join(folder, name));
  return folder;
}
