import type { ReplayResult } from '../../reporting/replay-protocol.ts';

/** Behind other work of its item that is not done. */
export const blockedResult: ReplayResult = { outcome: 'blocked', attempts: 0, letterIds: [] };

/** Done, as far as a function says that knows nothing of replay. */
export const handledResult: ReplayResult = { outcome: 'handled', attempts: 1, letterIds: [] };

/** Not done, with what stood in the way as it would be told of an error. */
export const failedResult = (message: string, about: AboutFailure = {}): ReplayResult => ({
  outcome: 'failed',
  attempts: about.attempts ?? 0,
  error: { name: about.name ?? 'ReplayError', message, stack: about.stack ?? '', issues: [] },
  letterIds: [],
});

export interface AboutFailure {
  readonly name?: string;
  readonly stack?: string;
  /** Default 0: the function was not reached, as far as is known. */
  readonly attempts?: number;
}

/** Whether later work of its item must not run: `stale` and `refused` say nothing of the item. */
export function holdsItemUp({ outcome }: ReplayResult): boolean {
  switch (outcome) {
    case 'failed':
    case 'blocked':
    case 'deferred':
      return true;
    case 'handled':
    case 'duplicate':
    case 'unrouted':
    case 'dead-lettered':
    case 'stale':
    case 'refused':
      return false;
  }
}
