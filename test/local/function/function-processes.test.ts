import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deploy, packageOf } from './deployed-function.ts';

const program = fileURLToPath(new URL('./programs/hold-function.ts', import.meta.url));
const onPosix = process.platform !== 'win32';

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}
const rows = (): readonly Row[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state = '', ...command]) => {
      return { pid: Number(pid), parent: Number(parent), state, command: command.join(' ') };
    });
/** A zombie is gone: it only waits for the system to forget it. */
const alive = (pids: readonly number[]) =>
  rows().filter(({ pid, state }) => pids.includes(pid) && !state.startsWith('Z'));
const childrenOf = (parent: number) =>
  rows().filter((row) => row.parent === parent && row.command.includes('/function/'));
/** 0 would be the group of this very process. */
const signal = (pid: number | undefined, name: NodeJS.Signals) => {
  if (pid === undefined || pid === 0) throw new Error('there is no such process');
  process.kill(pid, name);
};
const allGone = (pids: readonly number[]) =>
  expect.poll(() => alive(pids), { timeout: 3_000, interval: 20 }).toEqual([]);

/** A signal to stop takes effect when the process would be given time again. */
const inStates = (pids: readonly number[], states: readonly string[]) =>
  expect
    .poll(
      () =>
        alive(pids)
          .map(({ state }) => state.slice(0, 1))
          .toSorted(),
      { timeout: 3_000, interval: 20 },
    )
    .toEqual(states);

const counting = `
  let ticks = 0;
  setInterval(() => { ticks += 1 }, 5);
  export const handler = async ({ waitMs = 0 }) => {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return { ticks, pid: process.pid };
  }`;

describe.runIf(onPosix)('the processes of a function', () => {
  it('are frozen between invocations, and go on where they were', async () => {
    const { invoke } = deploy(counting);
    const ticks = async (event?: object) => {
      const result = await invoke(event);
      return result.kind === 'returned' ? (result.response as { readonly ticks: number }).ticks : NaN;
    };
    const first = await ticks();
    await wait(300);
    // A timer that was due fires once, however often it would have fired.
    expect((await ticks()) - first).toBeLessThan(5);
    expect((await ticks({ waitMs: 100 })) - first).toBeGreaterThan(10);
  });

  it('are frozen after init too', async () => {
    const { warm, invoke } = deploy(counting);
    expect(await warm()).toMatchObject({ kind: 'ready', initDurationMs: expect.any(Number) as number });
    await wait(300);
    expect(await invoke()).toMatchObject({
      response: { ticks: expect.toSatisfy((ticks: number) => ticks < 5) as number },
    });
    expect(await warm()).toEqual({ kind: 'ready', initDurationMs: 0 });
  });

  it('are all gone when the function is stopped, with what they have started themselves', async () => {
    const { invoke, stop } = deploy(`
      import { spawn } from 'node:child_process';
      const child = spawn('sleep', ['60'], { stdio: 'ignore' });
      export const handler = async ({ forever }) => {
        while (forever) {}
        return [process.pid, process.ppid, child.pid];
      }`);
    const result = await invoke();
    const [pid = 0, parent = 0, child = 0] =
      result.kind === 'returned' ? (result.response as readonly number[]) : [];
    expect(parent).toBe(process.pid);
    await inStates([pid, child], ['T', 'T']);
    const running = invoke({ forever: true });
    await stop();
    expect(await running).toEqual({ kind: 'abandoned' });
    await allGone([pid, child]);
  });

  it('are killed when their guard is, and started again with another', async () => {
    const before = childrenOf(process.pid).map(({ pid }) => pid);
    const { invoke } = deploy(counting);
    const first = await invoke();
    const { pid } = (first as { readonly response: { readonly pid: number } }).response;
    const isNew = (row: Row) => !before.includes(row.pid) && row.command.includes('guard-processes');
    signal(childrenOf(process.pid).find(isNew)?.pid, 'SIGKILL');
    await allGone([pid]);
    expect(await invoke()).toMatchObject({ kind: 'returned' });
  });
});

/** A process of its own, with a group of its own, as a shell starts it; and the pids of all below it. */
async function holdFunction(...mode: readonly string[]) {
  const folder = packageOf({
    'orders.mjs': `export const handler = async ({ waitMs, forever }) => {
      await new Promise((resolve) => setTimeout(resolve, waitMs ?? 0));
      if (forever) console.log('forever');
      else if (waitMs) console.log('waited');
      while (forever) {}
    }`,
  });
  const holder = spawn(process.execPath, [program, folder, ...mode], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  const lines = createInterface(holder.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  expect([await nextLine(), await nextLine()]).toEqual(['waited', 'waited']);
  if (mode.length === 0) expect(await nextLine()).toBe('forever');
  else await wait(50);
  const below = childrenOf(holder.pid ?? 0);
  onTestFinished(() => {
    for (const { pid } of alive(below.map((row) => row.pid))) signal(pid, 'SIGKILL');
  });
  return { holder, below, nextLine };
}

describe.runIf(onPosix)('the processes of a function, frozen or in a busy loop,', () => {
  it('are gone soon after SIGKILL of the process that started them', async () => {
    const { holder, below } = await holdFunction();
    // The busy one, the guard, and the frozen one.
    await inStates(
      below.map(({ pid }) => pid),
      ['R', 'S', 'T'],
    );
    holder.kill('SIGKILL');
    await allGone(below.map(({ pid }) => pid));
  });

  it('are gone soon after Ctrl-C', async () => {
    const { holder, below } = await holdFunction();
    signal(-(holder.pid ?? 0), 'SIGINT');
    await once(holder, 'exit');
    await allGone(below.map(({ pid }) => pid));
  });

  it('outlast Ctrl-C if the process ends in good order, which then ends by itself', async () => {
    const { holder, below, nextLine } = await holdFunction('graceful');
    const ended = once(holder, 'exit');
    signal(-(holder.pid ?? 0), 'SIGINT');
    expect(await nextLine()).toBe('returned');
    expect(await ended).toEqual([0, null]);
    expect(alive(below.map(({ pid }) => pid))).toEqual([]);
  });
});
