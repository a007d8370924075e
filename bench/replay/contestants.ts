import type { GroundNeeds } from './ground.ts';
import type { Peer } from './install-peer.ts';
import type { Turn } from './turn.ts';

/** Works off all letters of the queue, and resolves to when the last one was (`performance.now()`). */
export type Run = () => Promise<number>;

export interface ReplayContestant {
  readonly id: string;
  readonly label: string;
  readonly needs: Omit<GroundNeeds, 'letters'>;
  /** The package that has to be installed for it. */
  readonly peer?: Peer;
  /** Imports what it needs, which happens in the contestant's own process only and is not counted. */
  readonly load: (turn: Turn, lookAtHeap: () => void) => Promise<Run>;
}

const mover = { ledger: false, items: false, target: true } as const;

/** In the order of the table. Targets name some of them by id. */
export const replayContestants: readonly ReplayContestant[] = [
  {
    id: 'plain',
    label: 'Spillway, no ledger, ifStale run',
    needs: { ledger: false, items: false, target: false },
    load: spillway({ ledger: false, ifStale: 'run' }),
  },
  {
    id: 'ledger',
    label: 'Spillway, ledger, ifStale run',
    needs: { ledger: true, items: false, target: false },
    load: spillway({ ledger: true, ifStale: 'run' }),
  },
  {
    id: 'fresh',
    label: 'Spillway, ledger, ifStale fail',
    needs: { ledger: true, items: true, target: false },
    load: spillway({ ledger: true, ifStale: 'fail' }),
  },
  {
    id: 'replay-aws-dlq',
    label: 'replay-aws-dlq (moves bodies)',
    needs: mover,
    peer: { name: 'replay-aws-dlq', version: '1.0.1' },
    load: async (turn) => (await import('./contestants/replay-aws-dlq.ts')).replayAwsDlq(turn),
  },
  {
    id: 'lumigo-cli',
    label: 'lumigo-cli replay-sqs-dlq (moves)',
    needs: mover,
    peer: { name: 'lumigo-cli', version: '0.48.4' },
    load: async (turn) => (await import('./contestants/lumigo-cli.ts')).lumigoCli(turn),
  },
  {
    id: 'bare',
    label: 'receive and delete, nothing else',
    needs: { ledger: false, items: false, target: false },
    load: async (turn) => (await import('./contestants/bare.ts')).bare(turn),
  },
];

export function contestantOf(id: string): ReplayContestant {
  const contestant = replayContestants.find((one) => one.id === id);
  if (contestant === undefined) throw new Error(`there is no contestant "${id}"`);
  return contestant;
}

function spillway(setting: { readonly ledger: boolean; readonly ifStale: 'run' | 'fail' }) {
  return async (turn: Turn, lookAtHeap: () => void): Promise<Run> =>
    (await import('./contestants/spillway.ts')).spillway(turn, setting, lookAtHeap);
}
