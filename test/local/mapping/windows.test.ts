import { expect, it } from 'vitest';
import type { LambdaFunction } from '../../../src/local/index.ts';
import { runScripted } from '../run-scripted.ts';
import { scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { virtualClock } from '../virtual-clock.ts';

/** Adds up per window; `finals` are what a user would write to a table at the end of each window. */
function adding() {
  const finals: string[] = [];
  const invoke: LambdaFunction = (event) => {
    const { state, window, Records, isFinalInvokeForWindow } = event as unknown as {
      state: { n?: number };
      window: { start: string };
      Records: unknown[];
      isFinalInvokeForWindow: boolean;
    };
    const n = (state.n ?? 0) + Records.length;
    if (isFinalInvokeForWindow) finals.push(`${window.start.slice(14, 19)} ${n}`);
    return { state: { n } };
  };
  return { finals, invoke };
}

it('a window ends once, though its last record is read after the window has ended', async () => {
  const clock = virtualClock(0);
  const { finals, invoke } = adding();
  const all = [
    { n: 1, second: 10 },
    { n: 2, second: 29 },
    { n: 3, second: 45 },
  ];
  const shownAt = [10_000, 29_990, 45_000]; // written at 29.990 s: the next read is at 30.1 s or so
  const streams = streamsOf([{ shardId: 'a', records: [] }]);
  const api = {
    ...streams.api,
    getRecords: (iterator: string, limit: number) => {
      streams.replace([{ shardId: 'a', records: all.filter((_, i) => clock.now() >= (shownAt[i] ?? 0)) }]);
      return streams.api.getRecords(iterator, limit);
    },
  };
  await runScripted(
    { ...streams, api },
    {
      clock,
      TumblingWindowInSeconds: 30,
      FunctionResponseTypes: [],
      pollIntervalMs: 250,
      shardDiscoveryIntervalMs: 3_600_000,
      invoke,
    },
  );
  await expect.poll(() => clock.now(), { timeout: 20_000 }).toBeGreaterThan(70_000);
  expect(finals).toEqual(['00:00 2', '00:30 1']);
});

it.each([
  { page: 1_000, BatchSize: 1_000 },
  { page: 1_000, BatchSize: 100 },
  { page: 300, BatchSize: 100 },
])(
  'a window that lies in the past ends once while the backlog is read: $page a page, batches of $BatchSize',
  async ({ page, BatchSize }) => {
    const { finals, invoke } = adding();
    const streams = streamsOf([
      {
        shardId: 'a',
        isClosed: true,
        records: Array.from({ length: 3_000 }, (_, i) => ({ n: i + 1, second: 5 })),
      },
    ]);
    const api = {
      ...streams.api,
      // As over a network, and with pages that are cut at 1 MB.
      getRecords: async (iterator: string, limit: number) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return streams.api.getRecords(iterator, Math.min(page, limit));
      },
    };
    const { mapping } = await runScripted(
      { ...streams, api },
      { TumblingWindowInSeconds: 30, BatchSize, FunctionResponseTypes: [], invoke },
    );
    await mapping.untilCaughtUp();
    expect(finals).toEqual(['00:00 3000']);
  },
);
