import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCode } from '../../../src/local/template/check-code.ts';
import type { CodeLocation } from '../../../src/local/template/function-plan.ts';

const folder = { path: '' };
beforeAll(async () => {
  folder.path = await mkdtemp(join(tmpdir(), 'spillway-code-'));
  await mkdir(join(folder.path, 'src', 'taken.js'), { recursive: true });
  await writeFile(join(folder.path, 'src', 'orders.mjs'), '');
  const file = new Uint8Array([1, 2, 3]);
  const zip = zipSync({ 'handlers/orders.mjs': file, 'index.js': file, 'ü/totals.cjs': file });
  await writeFile(join(folder.path, 'code.zip'), zip);
  await writeFile(join(folder.path, 'cut.zip'), zip.subarray(0, zip.length - 30));
  await writeFile(join(folder.path, 'headless.zip'), zip.subarray(100));
  await writeFile(join(folder.path, 'lying.zip'), lyingZip());
  await writeFile(join(folder.path, 'no.zip'), 'this is no zip');
});
afterAll(() => rm(folder.path, { recursive: true }));

/** An end of the directory that speaks of an entry, of which there is the signature only. */
function lyingZip(): Uint8Array {
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(22, 16);
  return Buffer.concat([end, Buffer.from('PK\u0001\u0002', 'latin1')]);
}

const check = (kind: CodeLocation['kind'], path: string, handler: string) => {
  const planned = { logicalId: 'Orders', name: 'orders', handler, runtime: 'nodejs24.x', environment: {} };
  const code = { kind, path: join(folder.path, path) };
  return checkCode({ functions: [{ ...planned, code, timeoutSeconds: 3, memorySizeMb: 128 }] });
};

describe('the code of a function', () => {
  it.each<[CodeLocation['kind'], string, string]>([
    ['folder', '.', 'src/orders.handler'],
    ['folder', 'src', 'orders.nested.handler'],
    ['zip', 'code.zip', 'handlers/orders.handler'],
    ['zip', 'code.zip', './index.handler'],
    ['zip', 'code.zip', 'ü/totals.handler'],
  ])('is there: %s %s holds %s', async (kind, path, handler) => {
    await expect(check(kind, path, handler)).resolves.toBeUndefined();
  });

  it.each<[CodeLocation['kind'], string, string, string]>([
    ['folder', 'dist', 'app.handler', 'there is no app.js or app.mjs or app.cjs in '],
    ['folder', 'src', 'taken.handler', 'there is no taken.js or taken.mjs or taken.cjs in '],
    ['folder', 'src', 'orders', 'its handler is not of the form folder/file.export, for the code in '],
    ['folder', 'src', '.handler', 'its handler is not of the form folder/file.export, for the code in '],
    ['zip', 'code.zip', 'orders.handler', 'there is no orders.js or orders.mjs or orders.cjs in '],
    ['zip', 'nowhere.zip', 'index.handler', 'cannot be read'],
    ['zip', 'no.zip', 'index.handler', 'is no zip'],
    ['zip', 'cut.zip', 'index.handler', 'is no zip'],
    ['zip', 'lying.zip', 'index.handler', 'is no zip'],
    ['zip', 'headless.zip', 'index.handler', 'is no zip'],
  ])('is missed: %s %s does not hold %s', async (kind, path, handler, message) => {
    const error: unknown = await check(kind, path, handler).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'LOCAL_STACK' });
    const text = (error as Error).message;
    expect(text).toContain(`The function Orders (handler ${handler}) cannot run: `);
    expect(text).toContain(message);
    expect(text).toContain(join(folder.path, path));
    expect(text).toContain('Build it first (npx osls package, sam build, npx cdk synth)');
  });
});
