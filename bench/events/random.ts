/** Numbers from 0 up to, not including, 1: the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const wholeBelow = (random: () => number, limit: number): number => Math.floor(random() * limit);

export const oneOf = <Value>(random: () => number, values: readonly [Value, ...Value[]]): Value =>
  values[wholeBelow(random, values.length)] ?? values[0];
