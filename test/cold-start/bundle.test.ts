import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../../bench/cold-start/bundle.ts';
import { bundle, compileChild } from '../../bench/cold-start/bundle.ts';
import { coldStartContestants, ours, theirs } from '../../bench/cold-start/contestants.ts';
import { startOnce } from '../../bench/cold-start/start-once.ts';
import { prepareGround } from '../../bench/cold-start/ground.ts';
import { readBundling } from '../../bench/cold-start/settings.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';

/** Raised only on purpose: each kilobyte is read and compiled at every cold start. */
const mostBytes = 350_000;

let stack: LocalStack;
/** Without a `node_modules`: what a bundle leaves out cannot be found from here. */
const folder = mkdtempSync(join(tmpdir(), 'spillway-bundle-'));
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stack.stop();
});

const { esbuild, settings } = readBundling();
const recommended = settings[0];
const bundled = (contestant = ours): Promise<Bundle> => bundle(contestant, recommended, esbuild, folder);

describe('a consumer that is bundled as serverless.yml does', () => {
  it(`is at most ${mostBytes.toLocaleString('en-US')} bytes, and half of the one written by hand`, async () => {
    const { bytes } = await bundled();
    expect(bytes).toBeLessThan(mostBytes);
    expect(bytes / (await bundled(theirs)).bytes).toBeLessThan(0.5);
  });

  it("holds nothing of Powertools' Idempotency, unless it names a ledger", async () => {
    const { inputs } = await bundled();
    const packages = inputs.map(({ file }) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
    expect(packages).toContain('@aws-lambda-powertools/batch');
    expect(packages).not.toContain('@aws-lambda-powertools/idempotency');
    expect(packages).not.toContain('@aws-lambda-powertools/jmespath');
  });

  it('holds nothing that is imported later: esbuild would make all that it shares with the rest larger and slower', async () => {
    const { inputs } = await bundled();
    const held = inputs.filter(({ bytesInOutput }) => bytesInOutput > 0).map(({ file }) => file);
    expect(inputs.flatMap(({ importsLater }) => importsLater).filter((file) => held.includes(file))).toEqual(
      [],
    );
  });

  it.each(coldStartContestants)(
    'starts with no package beside it, handles a record and parks another: $id',
    async (contestant) => {
      const child = await compileChild(folder);
      await using ground = await prepareGround(stack, `bundle-${contestant.id}`);
      const { file } = await bundled(contestant);
      const outcome = await startOnce({ child, bundle: file, ground, folder, name: contestant.id });
      expect(outcome).toMatchObject({ kind: 'measured' });
      expect(await ground.count()).toEqual({ notes: 1, letters: 1 });
    },
  );
});

describe("a consumer that is bundled with esbuild's default way of finding modules, the AWS SDK left out", () => {
  it("tells an AWS error from others and parks what three attempts don't mend", async () => {
    const inside = mkdtempSync(join(folder, 'defaults-'));
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(inside, 'node_modules'));
    const options = { format: 'esm', target: 'node24', minify: true, conditions: ['spillway-source'] };
    const setting = { id: 'defaults', label: '', exclude: ['@aws-sdk/*'] };
    const { file } = await bundle(ours, setting, options, inside);
    await using ground = await prepareGround(stack, 'defaults');
    const withoutShop = { ...ground, environment: { ...ground.environment, SHOP_TABLE: 'not-there' } };
    const child = await compileChild(inside);
    const outcome = await startOnce({
      child,
      bundle: file,
      ground: withoutShop,
      folder: inside,
      name: 'defaults',
    });
    expect(outcome).toMatchObject({ kind: 'measured' });
    expect(await ground.count()).toEqual({ notes: 0, letters: 2 });
  });
});
