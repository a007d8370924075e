import type { Plan } from './plan-lanes.ts';

/** The next works of a lane. */
export interface LanePart {
  readonly lane: number;
  /** Of the first of them, within the lane. */
  readonly place: number;
  readonly works: readonly number[];
}

export interface TakeLimits {
  readonly maxWorks: number;
  readonly maxBytes: number;
  /** How many lanes the taker can work on at once. */
  readonly lanesAtOnce: number;
}

/** Which work is next: a lane is with one taker at a time. */
export interface LaneQueue {
  /** Works of one group, from lanes that nobody has at present; empty if there are none just now. */
  take(limits: TakeLimits): readonly LanePart[];
  /** So many works of the lane are over, from the first that was taken; its others may be taken. */
  release(lane: number, over: number): void;
  /** Nothing more of the lane may be taken. */
  close(lane: number, over: number): void;
  readonly hasWaiting: boolean;
}

export function createLaneQueue(
  plan: Plan,
  facts: { readonly groupOf: (work: number) => number; readonly bytesOf: (work: number) => number },
): LaneQueue {
  const positions = new Uint32Array(plan.laneCount);
  const ends = Uint32Array.from({ length: plan.laneCount }, (_, lane) => plan.allowedOf(lane));
  const busy = new Uint8Array(plan.laneCount);
  const isOver = (lane: number) => (positions[lane] ?? 0) >= (ends[lane] ?? 0);
  /** All lanes before it are over. */
  let first = 0;
  let open = ends.reduce((count, end) => count + (end > 0 ? 1 : 0), 0);

  const settle = (lane: number, over: number, end: number): void => {
    busy[lane] = 0;
    positions[lane] = (positions[lane] ?? 0) + over;
    ends[lane] = end;
    if (isOver(lane)) open -= 1;
    while (first < plan.laneCount && isOver(first)) first += 1;
  };

  return {
    get hasWaiting() {
      return open > 0;
    },
    take({ maxWorks, maxBytes, lanesAtOnce }) {
      const room = { works: maxWorks, bytes: maxBytes, group: undefined as number | undefined };
      // As many lanes as can be worked on at once share the request; if there are fewer, each gives more.
      const perLane = Math.max(1, Math.ceil(maxWorks / Math.max(1, Math.min(lanesAtOnce, open))));
      const parts: LanePart[] = [];

      const takeFrom = (lane: number): boolean => {
        const place = positions[lane] ?? 0;
        const works: number[] = [];
        let isCut = false;
        for (let at = place; at < (ends[lane] ?? 0) && works.length < perLane && room.works > 0; at += 1) {
          const work = plan.workAt(lane, at);
          const bytes = facts.bytesOf(work);
          isCut =
            facts.groupOf(work) !== (room.group ?? facts.groupOf(work)) ||
            (bytes > room.bytes && room.works < maxWorks);
          if (isCut) break;
          room.group = facts.groupOf(work);
          room.bytes -= bytes;
          room.works -= 1;
          works.push(work);
        }
        if (works.length > 0) {
          busy[lane] = 1;
          parts.push({ lane, place, works });
        }
        return isCut;
      };

      for (let lane = first; lane < plan.laneCount && room.works > 0; lane += 1) {
        if (busy[lane] === 1 || isOver(lane)) continue;
        // One at a time means one item after the other, in the order that a dry run shows.
        if (takeFrom(lane) && lanesAtOnce === 1) break;
      }
      return parts;
    },
    release: (lane, over) => settle(lane, over, ends[lane] ?? 0),
    close: (lane, over) => settle(lane, over, 0),
  };
}
