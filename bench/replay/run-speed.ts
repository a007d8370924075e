import { startSlowProxy } from '../ledger/slow-proxy.ts';
import type { Progress } from '../report/progress.ts';
import type { ReplayContestant } from './contestants.ts';
import { installPeer } from './install-peer.ts';
import { startQueueProcess } from './queue-process.ts';
import type { Row } from './result.ts';
import { rowOf } from './result.ts';
import type { TurnOutcome } from './take-turn.ts';
import { takeTurn } from './take-turn.ts';

export const usualLetters = 10_000;

export interface SpeedRun {
  readonly chosen: readonly ReplayContestant[];
  readonly rounds: number;
  readonly delayMs: number;
  readonly dynamodb: string;
  readonly progress: Progress;
}

export interface SpeedResult {
  readonly rows: readonly Row[];
  readonly turns: Readonly<Record<string, readonly TurnOutcome[]>>;
}

/** The contestants take turns, round by round, so that what slows the machine for a while slows all of them. */
export async function runSpeed({
  chosen,
  rounds,
  delayMs,
  dynamodb,
  progress,
}: SpeedRun): Promise<SpeedResult> {
  await using cleanUp = new AsyncDisposableStack();
  const queue = cleanUp.use(await startQueueProcess());
  const seen =
    delayMs === 0
      ? queue.endpoint
      : cleanUp.use(await startSlowProxy({ target: queue.endpoint, delayMs })).endpoint;
  const folders = new Map<string, string | undefined>();
  for (const { id, peer } of chosen) folders.set(id, peer === undefined ? '' : await installPeer(peer));
  const turns = new Map<string, readonly TurnOutcome[]>(chosen.map(({ id }) => [id, []]));
  for (let round = 1; round <= rounds; round += 1)
    for (const contestant of chosen) {
      const { id } = contestant;
      progress.step(`round ${round}: ${id}`);
      const peerFolder = folders.get(id);
      const before = turns.get(id) ?? [];
      if (peerFolder === undefined || before.some(({ kind }) => kind === 'failed')) continue;
      const plan = { contestant, letters: usualLetters, peerFolder, seesHeap: false, name: `${id}-${round}` };
      turns.set(id, [...before, await takeTurn(plan, queue, { dynamodb, sqs: seen })]);
    }
  return {
    rows: chosen.map(({ id, label, peer }) =>
      folders.get(id) === undefined && peer !== undefined
        ? { id, label, kind: 'absent', reason: `${peer.name} ${peer.version} could not be installed` }
        : rowOf(id, label, usualLetters, turns.get(id) ?? []),
    ),
    turns: Object.fromEntries(turns),
  };
}
