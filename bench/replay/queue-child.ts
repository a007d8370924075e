import { startFauxqs } from '../../src/local/stack/start-fauxqs.ts';
import type { QueueUsage } from './queue-process.ts';

const { endpoint } = await startFauxqs({ dataDir: undefined, port: undefined });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const usage: QueueUsage = {
    cpuMs: (user + system) / 1_000,
    busyMs: performance.eventLoopUtilization().active,
  };
  process.send?.(usage);
});
// Whatever ends the bench ends its queue.
process.on('disconnect', () => process.exit());
process.send?.(endpoint);
