import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import {
  clientsOf,
  lambda,
  mapping,
  resources,
  runService,
  teller,
  templateOf,
  zipOf,
} from './small-service.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const keysIn = (lines: readonly string[]) => lines.map((line) => line.split(' ').at(-1) ?? '');

/** Waits for what it prints after it was invoked, so that there is time to change something meanwhile. */
const slowTeller = (version: string) => `
export const handler = async ({ Records }) => {
  for (const { dynamodb } of Records) {
    console.log('begins ' + dynamodb.Keys.pk.S);
    await new Promise((resolve) => setTimeout(resolve, 300));
    console.log('${version} ends ' + dynamodb.Keys.pk.S);
  }
};`;

describe('a service that takes over changes', () => {
  it('handles every record once and in order while its code changes ten times', async () => {
    const run = await runService(stack, 'busy', {
      'template.json': templateOf({ ...resources, Told: lambda('told.zip') }),
      'told.zip': zipOf({ 'index.mjs': teller('v0') }),
    });
    const written: string[] = [];
    const stopping = new AbortController();
    const writing = (async () => {
      for (let count = 0; !stopping.signal.aborted; count += 1) {
        await run.put(`item-${count}`);
        written.push(`item-${count}`);
      }
    })();
    for (let version = 1; version <= 10; version += 1) {
      run.write({ 'told.zip': zipOf({ 'index.mjs': teller(`v${version}`) }) });
      const { started } = await run.service.apply(run.templatePath);
      expect([...started.keys()]).toEqual(['busy-Told']);
    }
    stopping.abort();
    await writing;
    await run.service.untilCaughtUp();
    expect(written.length).toBeGreaterThan(50);
    expect(keysIn(run.lines)).toEqual(written);
    expect(new Set(run.lines.map((line) => line.split(' ')[0])).size).toBeGreaterThan(5);
    expect(run.errors).toEqual([]);
  });

  it('lets an invocation end that runs while the function becomes another one', async () => {
    const template = (value: string) =>
      templateOf({ ...resources, Told: lambda('told', { Environment: { Variables: { VALUE: value } } }) });
    const run = await runService(stack, 'drained', {
      'template.json': template('old'),
      'told/index.mjs': slowTeller('v1'),
    });
    await run.put('one');
    await run.says('begins one');
    run.write({ 'template.json': template('new') });
    await run.service.apply(run.templatePath);
    await run.put('two');
    await run.service.untilCaughtUp();
    expect(run.lines).toEqual(['begins one', 'v1 ends one', 'begins two', 'v1 ends two']);
    expect(run.errors).toEqual([]);
  });

  it('goes on at its checkpoint with another setting', async () => {
    const run = await runService(stack, 'setting', {
      'template.json': templateOf(resources),
      'told/index.mjs': teller(),
    });
    await run.put('one');
    await run.service.untilCaughtUp();
    run.write({ 'template.json': templateOf({ ...resources, Mapping: mapping('Told', { BatchSize: 1 }) }) });
    const { started } = await run.service.apply(run.templatePath);
    expect([...started]).toEqual([]); // Its code is the same.
    await run.put('two');
    await run.service.untilCaughtUp();
    expect(run.lines).toEqual(['said INSERT one', 'said INSERT two']);
  });

  it('goes on as it was when the new template is refused', async () => {
    const run = await runService(stack, 'as-it-was', {
      'template.json': templateOf(resources),
      'told/index.mjs': teller('before'),
    });
    run.write({
      'template.json': templateOf({ ...resources, Mapping: mapping('Told', { BatchSize: 0 }) }),
      'told/index.mjs': teller('after'),
    });
    await expect(run.service.apply(run.templatePath)).rejects.toThrow(
      'The mapping Mapping cannot be started',
    );
    await run.put('one');
    await run.service.untilCaughtUp();
    expect(run.lines).toEqual(['before INSERT one']);
  });

  it('restarts the function whose folder has changed, and no other', async () => {
    const run = await runService(stack, 'folders', {
      'template.json': templateOf({ ...resources, Other: lambda('other'), ToOther: mapping('Other') }),
      'told/index.mjs': `export { handler } from './lib/tell.mjs';`,
      'told/lib/tell.mjs': teller(),
      'other/index.mjs': teller('other'),
    });
    run.write({ 'told/lib/tell.mjs': teller('changed') });
    const { started } = await run.service.apply(run.templatePath);
    expect([...started.keys()]).toEqual(['folders-Told']);
  });

  it('ends what is no longer in the template', async () => {
    const run = await runService(stack, 'gone', {
      'template.json': templateOf({ ...resources, Other: lambda('other'), ToOther: mapping('Other') }),
      'told/index.mjs': teller(),
      'other/index.mjs': teller('other'),
    });
    run.write({ 'template.json': templateOf(resources) });
    await run.service.apply(run.templatePath);
    await run.put('one');
    await run.service.untilCaughtUp();
    expect(run.lines).toEqual(['said INSERT one']);
    expect(run.errors).toEqual([]);
  });

  it('tries at once again when a handler that could not be loaded is mended', async () => {
    const run = await runService(stack, 'mended', {
      'template.json': templateOf(resources),
      'told/index.mjs': `throw new Error('broken');`,
    });
    expect(run.service.applied().started.get('mended-Told')).toMatchObject({ kind: 'function-error' });
    await run.put('one');
    // By then a wait takes more than a second.
    await expect.poll(() => run.reports.length, { timeout: 10_000, interval: 20 }).toBe(4);
    run.write({ 'told/index.mjs': teller() });
    await run.service.apply(run.templatePath);
    await run.says('said INSERT one', 500);
  });

  it('takes a table that was deleted and is made again, and says that the old one is gone', async () => {
    const run = await runService(stack, 'again', {
      'template.json': templateOf(resources),
      'told/index.mjs': teller(),
    });
    await run.deleteTable();
    await expect
      .poll(() => run.errors.map(({ message }) => message).join('\n'), { timeout: 15_000 })
      .toMatch(/the stream no longer knows it|Stream not found/);
    await run.service.apply(run.templatePath);
    await run.put('one');
    await run.says('said INSERT one');
  });
});

describe('a service with a data folder', () => {
  it('goes on where it was stopped, with what was written meanwhile, and handles nothing twice', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'spillway-data-'));
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
    const first = await startLocalStack({ dataDir });
    const run = await runService(
      first,
      'kept',
      { 'template.json': templateOf(resources), 'told/index.mjs': teller() },
      { dataDir },
    );
    await run.put('one');
    await run.service.untilCaughtUp();
    await run.service.stop();
    await run.put('two');
    await first.stop();

    await using second = await startLocalStack({ dataDir });
    await using service = await run.start(second);
    await clientsOf(second, 'kept-Items').put('three');
    await service.untilCaughtUp();
    expect(keysIn(run.lines)).toEqual(['one', 'two', 'three']);
  });
});
