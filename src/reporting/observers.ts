import type {
  BatchEvent,
  CheckpointLostEvent,
  ClaimLostEvent,
  LetterEvent,
  Observer,
  RecordEvent,
} from '../processing/observer.ts';
import type { OutcomeName } from '../processing/outcome.ts';

/** Tells all observers; one that throws is passed over, for watching must not change what is watched. */
export function combineObservers(observers: readonly Observer[]): Required<Observer> {
  const tell = (call: (observer: Observer) => unknown): void => {
    for (const observer of observers) {
      try {
        const answer = call(observer);
        if (answer instanceof Promise) answer.catch(passOver);
      } catch {
        passOver();
      }
    }
  };
  return {
    onRecord: (event: RecordEvent) => tell((observer) => observer.onRecord?.(event)),
    onBatch: (event: BatchEvent) => tell((observer) => observer.onBatch?.(event)),
    onLetter: (event: LetterEvent) => tell((observer) => observer.onLetter?.(event)),
    onClaimLost: (event: ClaimLostEvent) => tell((observer) => observer.onClaimLost?.(event)),
    onCheckpointLost: (event: CheckpointLostEvent) => tell((observer) => observer.onCheckpointLost?.(event)),
  };
}

/** Nothing that could be said here would be safe to say: the error is the observer's, and may hold data. */
const passOver = (): void => undefined;

export function countOutcomes(outcomes: readonly OutcomeName[]): Readonly<Record<OutcomeName, number>> {
  const counts: Record<OutcomeName, number> = {
    handled: 0,
    duplicate: 0,
    unrouted: 0,
    'dead-lettered': 0,
    failed: 0,
    blocked: 0,
    deferred: 0,
  };
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}
