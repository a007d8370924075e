import { createNumbering } from './numbering.ts';
import type { Piece } from './piece.ts';
import { ownerOf } from './piece.ts';

/** Numbers the lanes of works: an item, for a consumer. */
export interface LaneNames {
  put(work: number, piece: Piece, item: string): void;
  laneOf(work: number): number;
}

/** There are a handful; if somebody made up more, lanes share a number, and are only less parallel for that. */
const mostOwners = 2 ** 20;

/**
 * A pointer names a function, and a letter the function and its consumer. Where the letters that have come name one
 * consumer of the function, the pointer's records are that consumer's, so that they stay in order with its letters.
 */
export function createLaneNames(): LaneNames {
  const itemNumbers = createNumbering();
  const ownerNumbers = createNumbering();
  const items: number[] = [];
  const owners: number[] = [];
  /** Works whose owner is only known as a function. */
  const ofFunctions = new Set<number>();
  const consumersOf = new Map<number, Set<number>>();

  const ownerOfWork = (work: number): number => {
    const owner = owners[work] ?? 0;
    const consumers = ofFunctions.has(work) ? [...(consumersOf.get(owner) ?? [])] : [];
    return consumers.length === 1 ? (consumers[0] ?? owner) : owner;
  };
  return {
    put(work, piece, item) {
      const owner = ownerNumbers.numberOf(ownerOf(piece)).number;
      items[work] = itemNumbers.numberOf(item).number;
      owners[work] = owner;
      if (piece.kind === 'record') {
        ofFunctions.add(work);
        return;
      }
      const functionNumber = ownerNumbers.numberOf(piece.letter.functionName).number;
      consumersOf.set(functionNumber, (consumersOf.get(functionNumber) ?? new Set()).add(owner));
    },
    laneOf: (work) => (items[work] ?? 0) * mostOwners + (ownerOfWork(work) % mostOwners),
  };
}
