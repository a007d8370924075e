import type { Target } from '../report/targets.ts';
import { ours, theirs } from './contestants.ts';
import type { Figures, Table } from './result.ts';
import { figuresFor } from './result.ts';

const share = 0.6;

/** What was set out for, and what this run says of it, in each setting. */
export const targetsOf = (tables: readonly Table[]): readonly Target[] =>
  tables.flatMap((table) => [
    atMost(table, 'the bytes', ({ bytes }) => bytes),
    atMost(table, 'the import', ({ importMs }) => importMs),
    atMost(table, "the processor's time for the import", ({ importCpuMs }) => importCpuMs),
    atMost(table, 'the import and the first record', ({ togetherMs }) => togetherMs),
  ]);

/** With the floor beside it: what the two clients alone come to. */
function atMost(table: Table, what: string, of: (figures: Figures) => number): Target {
  const aim = `${table.setting.id}: at most ${percent(share)} of ${what} of the one written by hand`;
  const [one, other, bare] = [ours.id, theirs.id, 'bare'].map((id) => figuresFor(table, id));
  if (one === undefined || other === undefined) return { aim, reached: undefined, figures: '' };
  const ratio = of(one) / of(other);
  const floor = bare === undefined ? '' : `; the two clients alone ${percent(of(bare) / of(other))}`;
  return { aim, reached: ratio <= share, figures: `${percent(ratio)}${floor}` };
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(0)} %`;
