import type { ReplayEvent } from './run-options.ts';

/** What stands in the way of one message often stands in the way of all. */
const mostTold = 20;

/** Passes events on, and of troubles only the first; `end` says how many more there were. */
export function limitTrouble(onEvent: (event: ReplayEvent) => void) {
  let troubles = 0;
  return {
    onEvent(event: ReplayEvent): void {
      if (event.kind === 'trouble') troubles += 1;
      if (event.kind !== 'trouble' || troubles <= mostTold) onEvent(event);
    },
    end(): void {
      if (troubles <= mostTold) return;
      const what = `${troubles - mostTold} more troubles like these were not told of one by one`;
      onEvent({ kind: 'trouble', what, error: undefined });
    },
  };
}
