import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

it("knows the file that this process's own output goes to, by whatever name, and no other", () => {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-own-output-'));
  const [own, other] = [join(folder, 'dev.out'), join(folder, 'orders.ts')];
  writeFileSync(other, '');
  const descriptor = openSync(own, 'w');
  const module = resolve(import.meta.dirname, '../../../src/cli/dev/own-output.ts');
  const paths = [own, join(folder, '.', 'dev.out'), other, join(folder, 'gone'), folder];
  const code = `
    import { isOwnOutput } from ${JSON.stringify(module)};
    console.log(JSON.stringify(${JSON.stringify(paths)}.map(isOwnOutput)));
  `;
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', descriptor, 'inherit'],
  });
  closeSync(descriptor);
  const said: unknown = JSON.parse(readFileSync(own, 'utf8'));
  rmSync(folder, { recursive: true });
  expect([status, said]).toEqual([0, [true, true, false, false, false]]);
});
