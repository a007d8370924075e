import { readFileSync } from 'node:fs';

const kibibytesPerMb = 1_024;

/**
 * The most memory that a process has had resident since it began, in MB (2^20 bytes), as Linux keeps it; elsewhere, or
 * when the process is gone, undefined. The processes that it has started itself are not counted.
 */
export function peakMemoryMb(pid: number): number | undefined {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : Math.ceil(Number(kibibytes) / kibibytesPerMb);
  } catch {
    return undefined;
  }
}

/**
 * Sizes V8's heap as V8 would in a machine of that memory; left alone it goes by the memory of this one. Young objects get
 * less than their share of old, so that a function of 128 MB has room for Node.js itself (about 45 MB).
 */
export function heapFlags(memorySizeMb: number): readonly string[] {
  const oldSpaceMb = Math.max(64, Math.floor(memorySizeMb * 0.75));
  const semiSpaceMb = Math.min(16, Math.max(1, Math.floor(memorySizeMb / 64)));
  return [`--max-old-space-size=${oldSpaceMb}`, `--max-semi-space-size=${semiSpaceMb}`];
}
