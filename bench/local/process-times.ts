import { readdirSync, readFileSync } from 'node:fs';

/** As Linux counts, on every machine that Node.js has builds for. */
const ticksPerSecond = 100;

interface ProcessStat {
  readonly id: number;
  readonly parentId: number;
  readonly name: string;
  readonly cpuMs: number;
}

/** The processor time of all processes of that name that descend from this one, in ms. Only on Linux. */
export function descendantsCpuMs(name: string): number {
  const all = readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? readStat(entry) : []));
  const isOurs = ({ parentId }: ProcessStat): boolean =>
    parentId === process.pid || all.some((parent) => parent.id === parentId && isOurs(parent));
  const found = all.filter((one) => one.name === name && isOurs(one));
  if (found.length === 0) throw new Error(`No process called ${name} was started by this one.`);
  return found.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function readStat(id: string): readonly ProcessStat[] {
  try {
    const [, name = '', rest = ''] =
      /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
    const fields = rest.split(' ').map(Number);
    const ticks = (fields[11] ?? 0) + (fields[12] ?? 0);
    return [{ id: Number(id), parentId: fields[1] ?? 0, name, cpuMs: (ticks / ticksPerSecond) * 1_000 }];
  } catch {
    return []; // It has ended since the folder was listed.
  }
}
