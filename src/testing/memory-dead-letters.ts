import type { DeadLetters, Letter } from '../dead-letter/letter.ts';

/** Dead letters in memory, for tests. */
export interface MemoryDeadLetters extends DeadLetters {
  /** What was sent, in order. */
  readonly letters: readonly Letter[];
}

export function memoryDeadLetters(): MemoryDeadLetters {
  const letters: Letter[] = [];
  return {
    letters,
    send(letter) {
      letters.push(letter);
      return Promise.resolve();
    },
  };
}
