import type { Contestant, Entrant } from './contestants/contestant.ts';
import type { Measured } from './measure/measure.ts';
import type { Memory, Outcome, Report, RoundTimes } from './measure/outcome.ts';
import { longestPerContestantMs } from './plan.ts';
import type { Progress } from './report/progress.ts';

export type Measure = (contestant: Contestant, what: Measured) => Promise<Report>;

/** What is known of an entrant so far. */
interface Standing {
  readonly entrant: Entrant;
  rounds: readonly RoundTimes[];
  memory: Memory | undefined;
  /** Why it is not measured any more. */
  out: Extract<Outcome, { readonly reason: string }> | undefined;
  spentMs: number;
}

/**
 * All contestants in turn, round by round, so that what slows the machine for a while slows all of them; then the memory
 * of each.
 */
export async function runRounds(
  entrants: readonly Entrant[],
  rounds: number,
  measure: Measure,
  progress: Progress,
): Promise<ReadonlyMap<Entrant, Outcome>> {
  const standings = entrants.map((entrant): Standing => ({
    entrant,
    rounds: [],
    memory: undefined,
    out: absence(entrant),
    spentMs: 0,
  }));
  for (let round = 1; round <= rounds + 1; round += 1) {
    const what = round > rounds ? 'memory' : 'times';
    for (const standing of standings) {
      progress.step(`${what === 'memory' ? 'memory' : `round ${round}`}: ${standing.entrant.label}`);
      await takeTurn(standing, what, measure);
    }
  }
  return new Map(standings.map((standing) => [standing.entrant, outcomeOf(standing)]));
}

async function takeTurn(standing: Standing, what: Measured, measure: Measure): Promise<void> {
  const { entrant, out, spentMs } = standing;
  if ('absent' in entrant || out !== undefined) return;
  if (what === 'times' && spentMs > longestPerContestantMs) return;
  const startedAt = performance.now();
  const report = await measure(entrant, what);
  standing.spentMs += performance.now() - startedAt;
  switch (report.kind) {
    case 'times':
      standing.rounds = [...standing.rounds, report.times];
      break;
    case 'memory':
      standing.memory = report.memory;
      break;
    case 'absent':
    case 'failed':
      standing.out = report;
  }
}

const absence = (entrant: Entrant): Standing['out'] =>
  'absent' in entrant ? { kind: 'absent', reason: entrant.absent } : undefined;

const outcomeOf = ({ rounds, memory, out }: Standing): Outcome => out ?? { kind: 'measured', rounds, memory };
