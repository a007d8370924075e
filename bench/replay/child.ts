import { contestantOf } from './contestants.ts';
import type { Took, Turn } from './turn.ts';

const [text = ''] = process.argv.slice(2);
const turn = JSON.parse(text) as Turn;
let liveBytes = 0;
const lookAtHeap = (): void => {
  if (!turn.seesHeap) return;
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  liveBytes = Math.max(liveBytes, heapUsed + external);
};
const run = await contestantOf(turn.contestant).load(turn, lookAtHeap);
const cpu = process.cpuUsage();
const beganAt = performance.now();
const endedAt = await run();
const { user, system } = process.cpuUsage(cpu);
const took: Took = {
  ms: endedAt - beganAt,
  cpuMs: (user + system) / 1_000,
  peakBytes: process.resourceUsage().maxRSS * 1_024,
  liveBytes,
};
// Another's tool may be waiting for more messages still.
process.send?.(took, () => process.exit());
