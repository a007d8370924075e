import type { Body, Fault, Plan, ProxiedRequest } from './fault.ts';
import type { Guarantee } from './work-off.ts';
import { guarantees } from './work-off.ts';

/** What goes wrong, in words, and for which guarantees: not each sends the requests that it is for. */
export interface NamedPlan {
  readonly name: string;
  readonly guarantees: readonly Guarantee[];
  /** For one test: a plan has a state. */
  readonly make: () => Plan;
}

const regular: readonly NamedPlan[] = [
  {
    name: 'a third of requests is throttled',
    guarantees,
    make: () => oneIn(3, { kind: 'throttle', error: 'ProvisionedThroughputExceededException' }),
  },
  {
    name: 'one statement a batch is throttled',
    guarantees: ['claim'],
    make: () => (request) => ({
      kind: 'throttle-statements',
      at: [request.number % Math.max(2, entriesOf(request))],
    }),
  },
  {
    name: 'half of batches come back in part',
    guarantees: ['record', 'checkpoint'],
    make: () => {
      const random = randomFrom(2);
      return (request) =>
        random() < 1 / 2 ? { kind: 'unprocessed', keep: Math.floor(entriesOf(request) / 2) } : undefined;
    },
  },
  { name: 'some requests hang', guarantees, make: () => oneIn(8, { kind: 'hang' }) },
  {
    name: 'a quarter of answers breaks off',
    guarantees,
    make: () => oneIn(4, { kind: 'reset-after' }),
  },
  {
    name: 'a quarter of requests gets lost',
    guarantees,
    make: () => oneIn(4, { kind: 'reset-before' }),
  },
  {
    name: 'a third of requests is answered 500',
    guarantees,
    make: () => oneIn(3, { kind: 'server-error' }),
  },
];

const seeds = [1, 2, 3];

const everyPlan: readonly NamedPlan[] = [
  ...regular,
  ...seeds.map((seed) => ({
    name: `all kinds of faults occur (seed ${seed})`,
    guarantees,
    make: () => anyFaults(seed),
  })),
];

export const plansFor = (guarantee: Guarantee): readonly NamedPlan[] =>
  everyPlan.filter((plan) => plan.guarantees.includes(guarantee));

/**
 * By chance, and the same ones in each run: with every n-th of them, work that takes n requests and is begun again when
 * one fails would never be done.
 */
function oneIn(number: number, fault: Fault): Plan {
  const random = randomFrom(number);
  return () => (random() < 1 / number ? fault : undefined);
}

/** A third of the requests meet a fault of any kind; the same ones for the same seed and order of requests. */
function anyFaults(seed: number): Plan {
  const random = randomFrom(seed);
  return (request) => {
    const kinds: readonly Fault[] = [
      { kind: 'delay', delayMs: 10 },
      { kind: 'throttle', error: 'ThrottlingException' },
      { kind: 'throttle-statements', at: [0, 2, 4] },
      { kind: 'unprocessed', keep: Math.floor(entriesOf(request) / 2) },
      { kind: 'reset-before' },
      { kind: 'reset-after' },
      { kind: 'server-error' },
      ...(request.number % 10 === 0 ? [{ kind: 'hang' } as const] : []),
    ];
    return random() < 1 / 3 ? kinds[Math.floor(random() * kinds.length)] : undefined;
  };
}

/** Statements, keys or items of a batch; 0 if the request is none. */
function entriesOf({ body }: ProxiedRequest): number {
  const perTable = Object.values((body['RequestItems'] ?? {}) as Body);
  return [body['Statements'], ...perTable.map((one) => (Array.isArray(one) ? one : (one as Body)['Keys']))]
    .map((list) => (Array.isArray(list) ? list.length : 0))
    .reduce((sum, length) => sum + length, 0);
}

/** Numerical Recipes' generator: enough for a choice of faults. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
