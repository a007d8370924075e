/** How many of the next pages are empty: so many in a row, or each with a probability (0 to below 1) by a seed. */
export type EmptyPagesPlan = number | { readonly probability: number; readonly seed: number };

export interface EmptyPages {
  readonly plan: (plan: EmptyPagesPlan) => void;
  /** Whether the page asked for now is to be empty. */
  readonly take: () => boolean;
}

export function createEmptyPages(): EmptyPages {
  let left = 0;
  let isEmpty = () => false;
  return {
    plan: (plan) => {
      if (typeof plan === 'number') {
        left = plan;
        isEmpty = () => false;
        return;
      }
      // A probability of 1 would keep a reader for ever.
      if (!(plan.probability >= 0 && plan.probability < 1))
        throw new RangeError(
          `The probability of an empty page is ${plan.probability}; give one from 0 to below 1.`,
        );
      const random = seededRandom(plan.seed);
      left = 0;
      isEmpty = () => random() < plan.probability;
    },
    take: () => {
      if (left === 0) return isEmpty();
      left -= 1;
      return true;
    },
  };
}

/** Numbers from 0 to below 1, the same ones for the same seed: a linear congruence of 32 bits, which is enough here. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
