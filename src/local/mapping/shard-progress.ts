/** How far a shard is settled, when its records are not settled in the order in which they were read. */
export interface ShardProgress {
  readonly read: (sequenceNumbers: readonly string[]) => void;
  readonly settled: (sequenceNumbers: readonly string[]) => void;
  /** Records that were read and are not settled. */
  readonly unsettled: () => number;
}

interface InHand {
  readonly sequenceNumber: string;
  isSettled: boolean;
}

/** From so many settled records at the front on, they are let go of. */
const worthCutting = 1_000;

/** The checkpoint moves past a record when it and all before it are settled. */
export function createShardProgress(moveCheckpoint: (sequenceNumber: string) => void): ShardProgress {
  const byNumber = new Map<string, InHand>();
  /** In the order of the reading; those before `front` are settled. */
  let inHand: InHand[] = [];
  let front = 0;
  return {
    read: (sequenceNumbers) => {
      for (const sequenceNumber of sequenceNumbers) {
        const record = { sequenceNumber, isSettled: false };
        byNumber.set(sequenceNumber, record);
        inHand.push(record);
      }
    },
    settled: (sequenceNumbers) => {
      for (const sequenceNumber of sequenceNumbers) {
        const record = byNumber.get(sequenceNumber);
        if (record) record.isSettled = true;
        byNumber.delete(sequenceNumber);
      }
      const before = front;
      while (inHand[front]?.isSettled) front += 1;
      const last = inHand[front - 1];
      if (front > before && last) moveCheckpoint(last.sequenceNumber);
      if (front < worthCutting || front * 2 < inHand.length) return;
      inHand = inHand.slice(front);
      front = 0;
    },
    unsettled: () => byNumber.size,
  };
}
