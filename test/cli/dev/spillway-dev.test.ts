import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevSession } from './dev-session.ts';
import { allGone, isAlive, serviceFolder, startDev, writeFiles } from './dev-session.ts';
import { handlerThatSays, putOrders, smallService } from './small-service.ts';

/** The tests of one block share one process, and each goes on where the one before it has ended. */
describe('spillway dev on a service of the Serverless Framework', () => {
  let service: ReturnType<typeof serviceFolder>;
  let dev: DevSession;
  beforeAll(() => {
    service = serviceFolder(smallService);
    // A data folder that is not hidden lies among the sources, and changes all the time.
    dev = startDev(service.folder, '--data', 'data', '--env', 'GREETING=hello');
  });
  afterAll(() => {
    dev.remove();
    service.remove();
  });
  const table = 'small-local-Orders';

  it('packages it, and says what runs and that it is ready', async () => {
    await dev.says(/Ready in \d+\.\d s\./);
    const said = dev.said();
    expect(said).toMatch(/^Packaging serverless\.yml for stage local …$/m);
    expect(said).toMatch(/^ {2}table +small-local-Orders +stream NEW_IMAGE$/m);
    expect(said).toMatch(/^ {2}function +small-local-orders +handlers\/orders\.handler, 6 s, 1024 MB$/m);
    expect(said).not.toContain('\u001b');
  });

  it('hands a change to the function, and shows its lines and one for the invocation', async () => {
    await putOrders(dev.said(), table, 'one');
    await dev.says(/^orders \| first one$/m);
    await dev.says(/^\d\d:\d\d:\d\d\.\d{3} {2}orders {2}\S+ +1 record +\d+ ms {2}ok$/m);
  });

  it('restarts the function when its source changes, and nothing else does that', async () => {
    expect(dev.said()).not.toContain('changed');
    writeFiles(service.folder, { 'handlers/orders.ts': handlerThatSays('second') });
    await dev.nowSays(/handlers\/orders\.ts changed: orders restarted in \d+\.\d s\./);
    const [, seconds] = /restarted in (\S+) s/.exec(dev.said()) ?? [];
    // Two on a quiet machine.
    expect(Number(seconds)).toBeLessThan(6);
    await putOrders(dev.said(), table, 'two');
    await dev.says(/^orders \| second two$/m);
  });

  it('says what is wrong with a source, goes on with the code it has, and recovers', async () => {
    writeFiles(service.folder, { 'handlers/orders.ts': 'export const handler = async () => { ]' });
    await dev.nowSays(/could not be packaged\.[\s\S]+handlers\/orders\.ts:1:\d+[\s\S]+Unexpected "\]"/);
    expect(dev.said()).not.toMatch(/^ +at .*node_modules/m);
    await putOrders(dev.said(), table, 'three');
    await dev.says(/^orders \| second three$/m);

    writeFiles(service.folder, { 'handlers/orders.ts': handlerThatSays('third') });
    await dev.nowSays(/orders restarted in/);
    await putOrders(dev.said(), table, 'four');
    await dev.says(/^orders \| third four$/m);
  });

  it('tries at once what could not be loaded, when the cause is gone', async () => {
    writeFiles(service.folder, { 'handlers/orders.ts': `throw new Error('no database');\n` });
    await dev.nowSays(/orders: the handler could not be loaded: Error: no database\n +at /);
    await putOrders(dev.said(), table, 'five');
    await dev.nowSays(/failed, attempt 5: the handler could not be loaded/);
    writeFiles(service.folder, { 'handlers/orders.ts': handlerThatSays('fourth') });
    await dev.nowSays(/orders restarted in/);
    await dev.says(/^orders \| fourth five$/m, 1_000);
  });

  it('ends at Ctrl-C, in the middle of packaging too, with nothing left behind but its data', async () => {
    writeFiles(service.folder, { 'handlers/orders.ts': handlerThatSays('fifth') });
    await new Promise((resolve) => setTimeout(resolve, 250));
    const below = dev.below();
    expect(below.length).toBeGreaterThanOrEqual(5); // The engine, its guard, the runtime, its guard, the packager.
    dev.pressCtrlC();
    expect(await dev.ended).toEqual([0, null]);
    expect(below.filter(isAlive)).toEqual([]);
    expect(dev.temporaryFiles()).toEqual([]);
    expect(existsSync(join(service.folder, 'data/dynamodb.db'))).toBe(true);
  });

  it('goes on where it was with the data of before, and leaves no process behind when it is killed', async () => {
    const again = startDev(service.folder, '--data', 'data', '--no-watch');
    await again.says(/Ready in/);
    await putOrders(again.said(), table, 'six');
    await again.says(/^orders \| fifth six$/m);
    expect(again.said()).not.toMatch(/\| \w+ five$/m);
    const below = again.below();
    again.child.kill('SIGKILL');
    await again.ended;
    await allGone(below);
    again.remove();
  });

  it('says which table of the data is another one now, and which file is damaged', async () => {
    const yml = readFileSync(join(service.folder, 'serverless.yml'), 'utf8');
    writeFiles(service.folder, { 'serverless.yml': yml.replaceAll(': pk,', ': id,') });
    const changed = startDev(service.folder, '--data', 'data');
    expect(await changed.ended).toEqual([1, null]);
    expect(changed.said()).toMatch(
      /The table small-local-Orders \(Orders\) is there already with keys pk \(S\).+says keys id \(S\)/,
    );
    writeFiles(service.folder, { 'damaged/spillway.json': '{"checkpoints":' });
    const damaged = startDev(service.folder, '--data', 'damaged');
    expect(await damaged.ended).toEqual([1, null]);
    expect(damaged.said()).toContain('damaged/spillway.json is not what was written there. Delete it');
    for (const one of [changed, damaged]) {
      expect(one.said()).not.toMatch(/^ +at /m);
      expect(one.temporaryFiles()).toEqual([]);
      one.remove();
    }
  });
});

describe('spillway dev that is interrupted', () => {
  it('while it packages ends soon, with nothing left behind', async () => {
    const service = serviceFolder(smallService);
    const dev = startDev(service.folder);
    await dev.says(/Packaging/);
    const below = dev.below();
    dev.pressCtrlC();
    expect(await dev.ended).toEqual([0, null]);
    expect(dev.said()).not.toContain('could not be packaged');
    await allGone(below);
    expect(dev.temporaryFiles()).toEqual([]);
    dev.remove();
    service.remove();
  });
});

describe.concurrent('spillway dev that cannot begin', () => {
  const refused = async (files: Readonly<Record<string, string>>, ...given: readonly string[]) => {
    const service = serviceFolder(files);
    const dev = startDev(service.folder, ...given);
    const [code] = await dev.ended;
    const said = dev.said();
    const left = dev.temporaryFiles();
    dev.remove();
    service.remove();
    return { code, said, left };
  };

  it('shows what the framework says of a file that is broken', async ({ expect }) => {
    const { code, said, left } = await refused({ 'serverless.yml': 'service: small\n  bad: [\n' });
    expect([code, left]).toEqual([1, []]);
    expect(said).toMatch(/could not be packaged\.\n\nError:\nCannot parse "serverless\.yml"/);
    expect(said).not.toMatch(/Environment:|^ +at /m);
  });

  it('shows what does not compile, and does not wait for the bundler that the framework leaves running', async ({
    expect,
  }) => {
    const { code, said, left } = await refused({ ...smallService, 'handlers/orders.ts': 'export ]' });
    expect([code, left]).toEqual([1, []]);
    expect(said).toMatch(/could not be packaged\.[\s\S]+handlers\/orders\.ts:1:7/);
  });

  it('says that an option is not known', async ({ expect }) => {
    expect(await refused({}, '--stag', 'x')).toMatchObject({
      code: 1,
      said: expect.stringContaining("error: unknown option '--stag'") as string,
    });
  });
});
