import { expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import { receiveAll } from '../../../src/replay/engine/receive-all.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { memoryQueue } from './memory-queue.ts';

it('gives back at once what a full disk does not let it note', async () => {
  const runtime = instantRuntime();
  const { queue, put, visible } = memoryQueue(runtime);
  for (let n = 0; n < 50; n += 1) put({ body: String(n) });
  const full = new ReplayError('the temporary folder is full');
  const holdings = {
    heldCount: 0,
    take: () => {
      throw full;
    },
  };
  const options = { runtime, visibilitySeconds: 120, onEvent: () => undefined };
  const receiving = receiveAll({ ...options, queue, signal: new AbortController().signal }, holdings, () =>
    Promise.resolve(),
  );
  await expect(receiving).rejects.toBe(full);
  expect(visible()).toHaveLength(50);
});
