import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLineOutput } from '../../src/cli/line-output.ts';

/** A stream whose reader takes a text only when it is told to. */
function slowOutput() {
  const taking: (() => void)[] = [];
  const stdout = new Writable({ highWaterMark: 4, write: (_chunk, _, done) => void taking.push(done) });
  const output = createLineOutput(stdout as unknown as NodeJS.WriteStream, () => undefined);
  return { stdout, output, take: () => taking.shift()?.() };
}

const isPending = async (promise: Promise<void>): Promise<boolean> =>
  Promise.race([
    promise.then(() => false),
    new Promise<true>((resolve) => setTimeout(() => resolve(true), 20)),
  ]);

describe('the output of lines', () => {
  it('waits for a slow reader', async () => {
    const { output, take } = slowOutput();
    const { signal } = new AbortController();
    await output.untilDrained(signal);
    output.write('a line');
    const drained = output.untilDrained(signal);
    expect(await isPending(drained)).toBe(true);
    take();
    await drained;
  });

  it('waits no longer when that is given up', async () => {
    const { output } = slowOutput();
    const giveUp = new AbortController();
    output.write('a line');
    const drained = output.untilDrained(giveUp.signal);
    giveUp.abort();
    await drained;
  });

  it('leaves no listener behind', () => {
    const { stdout, output } = slowOutput();
    expect(stdout.listenerCount('error')).toBe(1);
    output.release();
    expect(stdout.listenerCount('error')).toBe(0);
  });
});
