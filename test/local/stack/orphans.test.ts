import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('./programs/hold-stack.ts', import.meta.url));

/** A process of its own, with a group of its own, as a shell starts it; and the pids of the guard and of dynoxide. */
async function holdStack(...args: readonly string[]) {
  const holder = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  const lines = createInterface(holder.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  const below = JSON.parse(await nextLine()) as readonly number[];
  return { holder, below, nextLine };
}

/** A zombie is gone: it only waits for the system to forget it. */
const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};
const allGone = (pids: readonly number[]) =>
  expect.poll(() => pids.filter(isAlive), { timeout: 3_000, interval: 20 }).toEqual([]);

/** What a terminal does: the signal goes to the whole group. */
const pressCtrlC = ({ pid = 0 }: ChildProcess) => process.kill(-pid, 'SIGINT');

describe('the engines of a local stack', () => {
  it('are gone soon after SIGKILL of the process that started them', async () => {
    const { holder, below } = await holdStack();
    expect(below).toHaveLength(2);
    expect(below.filter(isAlive)).toEqual(below);
    holder.kill('SIGKILL');
    await allGone(below);
  });

  it('are gone soon after Ctrl-C', async () => {
    const { holder, below } = await holdStack();
    pressCtrlC(holder);
    await once(holder, 'exit');
    await allGone(below);
  });

  it('can be used after Ctrl-C by a process that ends in good order, which then ends by itself', async () => {
    const { holder, below, nextLine } = await holdStack('graceful');
    const ended = once(holder, 'exit');
    pressCtrlC(holder);
    expect(await nextLine()).toBe('stopped');
    expect(below.filter(isAlive)).toEqual([]);
    expect(await ended).toEqual([0, null]);
  });

  it('do not survive the guard either', async () => {
    const { below } = await holdStack();
    const [guard = 0, dynoxide = 0] = below;
    process.kill(guard, 'SIGKILL');
    await allGone([guard, dynoxide]);
  });
});
