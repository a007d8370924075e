import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createQuietWatch } from '../../../src/local/function/quiet-watch.ts';

describe('a quiet watch', () => {
  it('waits as long as each turn of the event loop brings something, on any of the streams', async () => {
    const streams = [new PassThrough(), new PassThrough()] as const;
    const watch = createQuietWatch(streams);
    const events: string[] = [];
    const quiet = watch.untilQuiet().then(() => events.push('quiet'));
    for (const count of [0, 1, 2, 3, 4, 5]) {
      streams[count % 2 === 0 ? 0 : 1].write('x');
      events.push('x');
      await turn();
    }
    await quiet;
    expect(events.slice(0, 6)).toEqual(Array(6).fill('x'));
  });

  it('is quiet at once, and again, when nothing comes', async () => {
    const watch = createQuietWatch([new PassThrough()]);
    await Promise.all([watch.untilQuiet(), watch.untilQuiet()]);
    await watch.untilQuiet();
  });
});
