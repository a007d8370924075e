import type { Target } from '../report/targets.ts';
import type { SettingResult } from './result.ts';
import { figuresFor } from './result.ts';

interface Limits {
  /** Of the records a second of Powertools in parallel. */
  readonly times: number;
  readonly requests: number;
  readonly writeUnits: number;
}

const limits: Readonly<Record<string, Limits>> = {
  claim: { times: 5, requests: 0.09, writeUnits: 2 },
  record: { times: 9, requests: 0.06, writeUnits: 1 },
  checkpoint: { times: 40, requests: 0.005, writeUnits: 0.02 },
};

/** What was set out for, and what this table says of it. */
export const targetsOf = (result: SettingResult): readonly Target[] =>
  Object.entries(limits).flatMap(([id, limit]) => targetsFor(id, limit, result));

function targetsFor(id: string, limit: Limits, result: SettingResult): readonly Target[] {
  const ours = figuresFor(result, id);
  const theirs = figuresFor(result, 'powertools-parallel');
  const times = ours && theirs && ours.recordsPerSecond / theirs.recordsPerSecond;
  return [
    {
      aim: `${id}: at least ${limit.times} times the records a second of Powertools in parallel`,
      reached: times === undefined ? undefined : times >= limit.times,
      figures: times === undefined ? '' : `${times.toFixed(1)}×`,
    },
    atMost(`${id}: at most ${limit.requests} requests per record`, limit.requests, ours?.requests),
    atMost(`${id}: at most ${limit.writeUnits} write units per record`, limit.writeUnits, ours?.writeUnits),
  ];
}

const atMost = (aim: string, limit: number, figure: number | undefined): Target => ({
  aim,
  reached: figure === undefined ? undefined : figure <= limit,
  figures: figure === undefined ? '' : figure.toFixed(4),
});
