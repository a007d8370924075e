/** Loaded before a program: when that ends, its file descriptor 3 gets what its process has used. */
import { writeSync } from 'node:fs';
import type { ProcessUsage } from './list-letters.ts';

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage: ProcessUsage = { cpuMs: (userCPUTime + systemCPUTime) / 1_000, peakBytes: maxRSS * 1_024 };
  writeSync(3, JSON.stringify(usage));
});
