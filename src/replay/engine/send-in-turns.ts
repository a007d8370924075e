import type { LanePart, LaneQueue } from './lane-queue.ts';
import type { Pace } from './pace.ts';
import type { RunOptions } from './run-options.ts';

export interface SendParts {
  readonly options: Pick<RunOptions, 'concurrency' | 'signal' | 'runtime'>;
  readonly lanes: LaneQueue;
  readonly pace: Pace;
  /** Resolves to how many works were sent. */
  readonly work: (taken: readonly LanePart[], concurrency: number) => Promise<number>;
}

const mostWorks = 100;
/** A synchronous invocation of Lambda takes 6 MB. */
const mostBytes = 4 * 1_048_576;
/** How long a request may take, about: an interruption waits for what runs, and a function's time is limited. */
const aimMs = 1_000;

/** Keeps two requests under way, so that neither side waits for the other, until there is nothing more to take. */
export async function sendInTurns({ options, lanes, pace, work }: SendParts): Promise<void> {
  const { concurrency, signal, runtime } = options;
  let changed = Promise.withResolvers<undefined>();
  let isStopped = false;
  let underWay = 0;
  const tellAll = () => {
    changed.resolve(undefined);
    changed = Promise.withResolvers();
  };

  const sendSome = async (share: number): Promise<void> => {
    let size = Math.min(mostWorks, 2 * share);
    while (!isStopped && !signal.aborted && lanes.hasWaiting) {
      const maxWorks = await pace.take(size);
      const taken = lanes.take({ maxWorks, maxBytes: mostBytes, lanesAtOnce: share });
      const count = taken.reduce((sum, { works }) => sum + works.length, 0);
      pace.giveBack(maxWorks - count);
      if (maxWorks === 0) return;
      if (count === 0) {
        // Only who is at work can bring more about; the last of them may have ended while the pace was waited for.
        if (underWay === 0) return;
        await changed.promise;
        continue;
      }
      const beganAtMs = runtime.now();
      underWay += 1;
      const sent = await work(taken, share).finally(() => (underWay -= 1));
      pace.giveBack(count - sent);
      const tookMs = Math.max(1, runtime.now() - beganAtMs);
      size = Math.max(share, Math.min(mostWorks, Math.round((count * aimMs) / tookMs)));
      tellAll();
    }
  };
  signal.addEventListener('abort', tellAll, { once: true });
  const shares = concurrency === 1 ? [1] : [Math.ceil(concurrency / 2), Math.floor(concurrency / 2)];
  const ends = await Promise.allSettled(
    shares.map((share) =>
      sendSome(share)
        .catch((error: unknown) => {
          isStopped = true;
          throw error;
        })
        .finally(tellAll),
    ),
  );
  signal.removeEventListener('abort', tellAll);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
