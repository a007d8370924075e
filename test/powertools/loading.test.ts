import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const program = join(import.meta.dirname, 'programs/list-loaded.ts');

/** The modules that a fresh process has after importing these. */
async function loadedBy(...names: readonly string[]): Promise<readonly string[]> {
  const node = join(root, 'node_modules/.bin/node');
  const { stdout } = await promisify(execFile)(node, ['--conditions=spillway-source', program, ...names], {
    cwd: root,
  });
  return JSON.parse(stdout) as readonly string[];
}

const watchers = /@opentelemetry|aws-xray|@aws-lambda-powertools\/(logger|metrics|tracer)/;

describe('what is not used', () => {
  it('is not loaded with spillway', async () => {
    const loaded = await loadedBy('spillway');
    expect(loaded.length).toBeGreaterThan(20);
    expect(loaded.filter((url) => watchers.test(url) || url.includes('/src/powertools/'))).toEqual([]);
  });

  it('is not loaded with spillway/powertools either, which takes the instances it is given', async () => {
    const loaded = await loadedBy('spillway/powertools');
    expect(loaded.some((url) => url.includes('/src/powertools/'))).toBe(true);
    expect(loaded.filter((url) => url.includes('/node_modules/'))).toEqual([]);
  });

  it('would be seen if it were', async () => {
    const loaded = await loadedBy('@aws-lambda-powertools/tracer', '@opentelemetry/api');
    expect(loaded.filter((url) => watchers.test(url)).length).toBeGreaterThan(5);
  });
});
