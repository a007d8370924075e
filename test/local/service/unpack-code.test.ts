import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderVersion } from '../../../src/local/service/folder-version.ts';
import { createUnpacker } from '../../../src/local/service/unpack-code.ts';
import { projectOf, zipOf } from './small-service.ts';

function unpackerIn() {
  const workDir = mkdtempSync(join(tmpdir(), 'spillway-unpack-'));
  onTestFinished(() => rmSync(workDir, { recursive: true, force: true }));
  return { workDir, ...createUnpacker(workDir) };
}
const zipped = (path: string) => ({ kind: 'zip', path }) as const;

describe('the code of a function', () => {
  it('is whole for both of two functions that come with the same zip at once', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`lib/${index}.mjs`, 'export {}']),
    );
    const { folder } = projectOf({ 'code.zip': zipOf(files), 'copy.zip': zipOf(files) });
    const { workDir, unpack } = unpackerIn();
    const wholes = await Promise.all(
      ['code.zip', 'copy.zip'].map(async (name) => {
        const code = await unpack(zipped(join(folder, name)));
        return readdirSync(join(code.folder, 'lib')).length;
      }),
    );
    expect(wholes).toEqual([50, 50]);
    expect(readdirSync(workDir)).toHaveLength(1);
  });

  it.each(['../outside.mjs', 'lib/../../outside.mjs', '/outside.mjs'])(
    'is refused, each time, when its zip holds %s',
    async (name) => {
      const { folder } = projectOf({ 'code.zip': zipOf({ [name]: 'bad' }) });
      const { workDir, unpack } = unpackerIn();
      for (let attempt = 0; attempt < 2; attempt += 1)
        await expect(unpack(zipped(join(folder, 'code.zip')))).rejects.toThrow(
          `would lie outside of the function's folder: ${name}`,
        );
      expect(existsSync(join(workDir, '..', 'outside.mjs'))).toBe(false);
    },
  );

  it('may have folders as entries of its zip', async () => {
    const { folder } = projectOf({ 'code.zip': zipOf({ './': '', 'lib/': '', 'lib/a.mjs': 'a' }) });
    const code = await unpackerIn().unpack(zipped(join(folder, 'code.zip')));
    expect(readFileSync(join(code.folder, 'lib/a.mjs'), 'utf8')).toBe('a');
  });

  it('is refused when its zip is none', async () => {
    const { folder } = projectOf({ 'code.zip': 'no zip' });
    await expect(unpackerIn().unpack(zipped(join(folder, 'code.zip')))).rejects.toThrow(
      'code.zip is no zip that can be unpacked',
    );
  });

  it('is deleted when nothing runs it any more, and unpacked again when it is back', async () => {
    const { folder } = projectOf({ 'code.zip': zipOf({ 'a.mjs': 'a' }) });
    const { workDir, unpack, keepOnly } = unpackerIn();
    const code = await unpack(zipped(join(folder, 'code.zip')));
    await keepOnly([code.folder]);
    expect(readdirSync(workDir)).toHaveLength(1);
    await keepOnly([]);
    expect(readdirSync(workDir)).toEqual([]);
    expect(readdirSync((await unpack(zipped(join(folder, 'code.zip')))).folder)).toEqual(['a.mjs']);
  });

  it('has another version when a file of its folder has another size or time, was added or removed', async () => {
    const { folder, write } = projectOf({ 'index.mjs': 'one', 'lib/deep/a.mjs': 'a' });
    const versions = [await folderVersion(folder)];
    const again = async () => versions.push(await folderVersion(folder));
    write({ 'lib/deep/a.mjs': 'ab' });
    await again();
    utimesSync(join(folder, 'index.mjs'), 1, 2);
    await again();
    write({ 'lib/b.mjs': 'b' });
    await again();
    rmSync(join(folder, 'lib/b.mjs'));
    await again();
    expect(new Set(versions)).toHaveLength(4);
    expect(versions[4]).toBe(versions[2]);
    writeFileSync(join(folder, 'index.mjs'), 'two');
    expect(await folderVersion(folder)).not.toBe(versions[4]);
  });
});
