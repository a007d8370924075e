import type { Piece } from './piece.ts';

/** Letters of one change: those of a parked item by their places among its letters, and after what is not parked; else as they stand. */
export function orderChain(works: readonly number[], read: (work: number) => Piece): readonly number[] {
  const places = works.map((work) => [work, placeOf(read(work))] as const);
  return places.toSorted(([, a], [, b]) => a - b).map(([work]) => work);
}

const placeOf = (piece: Piece): number => (piece.kind === 'letter' ? (piece.letter.parked?.place ?? -1) : -1);
