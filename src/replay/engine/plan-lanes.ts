import type { WorkIndex } from './work-index.ts';

/** The lanes of a round, the item with the oldest change first, and in each its works in the order in which they are to run. */
export interface Plan {
  readonly laneCount: number;
  /** How many works of the lane are there. */
  lengthOf(lane: number): number;
  /** How many of them, from the first, may run. */
  allowedOf(lane: number): number;
  workAt(lane: number, place: number): number;
  /** The number of the lane's item. */
  itemOf(lane: number): number;
  /** How many messages its works are in: those that may be begun, and those beyond. */
  readonly messages: { readonly allowed: number; readonly beyond: number };
}

type Facts = Pick<
  WorkIndex,
  'laneOf' | 'sequenceOf' | 'createdAtMsOf' | 'sentAtMsOf' | 'messagesOf' | 'parkedOf'
>;

/**
 * @param works to be put in order
 * @param maxMessages how many messages may be begun
 */
export function planLanes(works: readonly number[], facts: Facts, maxMessages: number): Plan {
  const order = sortByItem(works, facts);
  const starts = Uint32Array.from(
    [...order.keys()].filter(
      (at) => at === 0 || facts.laneOf(order[at] ?? 0) !== facts.laneOf(order[at - 1] ?? 0),
    ),
  );
  const ends = Uint32Array.from(starts, (_, index) => starts[index + 1] ?? order.length);
  const headOf = (index: number): number => order[starts[index] ?? 0] ?? 0;
  const lanes = Uint32Array.from(starts.keys()).sort((a, b) => compareAge(headOf(a), headOf(b), facts));

  const startOf = (lane: number): number => starts[lanes[lane] ?? 0] ?? 0;
  const plan = {
    laneCount: lanes.length,
    lengthOf: (lane: number) => (ends[lanes[lane] ?? 0] ?? 0) - startOf(lane),
    workAt: (lane: number, place: number) => order[startOf(lane) + place] ?? 0,
    itemOf: (lane: number) => facts.laneOf(order[startOf(lane)] ?? 0),
  };
  const all = new Set(maxMessages === Infinity ? [] : works.flatMap((work) => facts.messagesOf(work)));
  if (all.size <= maxMessages)
    return { ...plan, allowedOf: plan.lengthOf, messages: { allowed: all.size, beyond: 0 } };
  const { allowed, chosen } = allowOldest(plan, facts, maxMessages);
  return {
    ...plan,
    allowedOf: (lane) => allowed[lane] ?? 0,
    messages: { allowed: chosen.size, beyond: all.size - chosen.size },
  };
}

/** How many of the works that may run are such. */
export function countAllowed(
  plan: Pick<Plan, 'laneCount' | 'allowedOf' | 'workAt'>,
  isSuch: (work: number) => boolean,
): number {
  let count = 0;
  for (let lane = 0; lane < plan.laneCount; lane += 1)
    for (let place = 0; place < plan.allowedOf(lane); place += 1)
      if (isSuch(plan.workAt(lane, place))) count += 1;
  return count;
}

function sortByItem(works: readonly number[], facts: Facts): Uint32Array {
  const { laneOf, sequenceOf } = facts;
  const order = Uint32Array.from(works).sort(
    (a, b) =>
      laneOf(a) - laneOf(b) || compareDigits(sequenceOf(a), sequenceOf(b)) || compareSent(a, b, facts),
  );
  for (let from = 0, to = 1; from < order.length; from = to, to += 1) {
    while (to < order.length && laneOf(order[from] ?? 0) === laneOf(order[to] ?? 0)) to += 1;
    if (to - from > 1) sortParked(order.subarray(from, to), facts);
  }
  return order;
}

/** The letters of a parked item stand by their places, where letters of it stand: they run in no other order. */
function sortParked(works: Uint32Array, { parkedOf }: Facts): void {
  const lanes = new Map<string, number[]>();
  works.forEach((work, at) => {
    const lane = parkedOf(work)?.lane;
    if (lane !== undefined) lanes.set(lane, [...(lanes.get(lane) ?? []), at]);
  });
  for (const positions of lanes.values()) {
    const inPlace = positions
      .map((at) => works[at] ?? 0)
      .sort((a, b) => (parkedOf(a)?.place ?? 0) - (parkedOf(b)?.place ?? 0));
    positions.forEach((at, index) => (works[at] = inPlace[index] ?? 0));
  }
}

/** As numbers: without leading zeros the longer one is the larger. */
const compareDigits = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

const compareSent = (a: number, b: number, { sentAtMsOf }: Facts): number =>
  sentAtMsOf(a) - sentAtMsOf(b) || a - b;

const compareAge = (a: number, b: number, facts: Facts): number =>
  facts.createdAtMsOf(a) - facts.createdAtMsOf(b) || compareSent(a, b, facts);

type Lanes = Omit<Plan, 'allowedOf' | 'messages'>;

/** How many works of each lane may run, so that no more messages are begun than may be. */
function allowOldest(plan: Lanes, facts: Facts, maxMessages: number) {
  const chosen = new Set<number>();
  const allowed = new Uint32Array(plan.laneCount);
  for (const { lane, place, work } of oldestFirst(plan, facts)) {
    const messages = facts.messagesOf(work);
    const more = messages.filter((message) => !chosen.has(message));
    // An item goes on from its beginning only; all of a pointer's records come with it.
    if (allowed[lane] !== place || chosen.size + more.length > maxMessages) continue;
    for (const message of more) chosen.add(message);
    allowed[lane] = place + 1;
  }
  return { allowed, chosen };
}

interface Aged {
  readonly lane: number;
  readonly place: number;
  readonly work: number;
  readonly ageMs: number;
}

/** A change is taken to be no older than the one before it of its item: clocks are coarse, and no order of an item. */
function oldestFirst(plan: Lanes, facts: Facts): readonly Aged[] {
  const aged: Aged[] = [];
  for (let lane = 0; lane < plan.laneCount; lane += 1) {
    let ageMs = -Infinity;
    for (let place = 0; place < plan.lengthOf(lane); place += 1) {
      const work = plan.workAt(lane, place);
      ageMs = Math.max(ageMs, facts.createdAtMsOf(work));
      aged.push({ lane, place, work, ageMs });
    }
  }
  return aged.sort((a, b) => a.ageMs - b.ageMs || a.lane - b.lane || a.place - b.place);
}
