import type { DynamoDBStreamEvent } from 'aws-lambda';

export interface Sink {
  readonly records: number;
  readonly sum: number;
}

/** What every contestant's handler does, the same little for all, and where it shows that it was done. */
export interface Work {
  /** Looks at both images. */
  images(newImage: unknown, oldImage: unknown): Promise<void>;
  /** Looks at the key and at nothing else. */
  key(keys: unknown): Promise<void>;
  /** What was looked at since the last time, which is forgotten. */
  drain(): Sink;
}

type Decoded = Readonly<Record<string, string>>;

/** What is not there, or not decoded, makes the sum `NaN`, which is no contestant's expected sum. */
const lengthOf = (item: unknown, attribute: string): number =>
  (item as Decoded | undefined)?.[attribute]?.length ?? NaN;

export function createWork(): Work {
  let records = 0;
  let sum = 0;
  /* eslint-disable @typescript-eslint/require-await -- a handler is asynchronous, and is awaited, by nature */
  return {
    async images(newImage, oldImage) {
      records += 1;
      sum += 100 * lengthOf(newImage, 'status') + lengthOf(oldImage, 'status');
    },
    async key(keys) {
      records += 1;
      sum += lengthOf(keys, 'pk');
    },
    drain() {
      const drained = { records, sum };
      records = 0;
      sum = 0;
      return drained;
    },
  };
  /* eslint-enable @typescript-eslint/require-await */
}

export type Looks = 'at both images' | 'at the key';

/** What the sink must hold after these events, counted from the events themselves and not by any contestant. */
export function expectedSink(events: readonly DynamoDBStreamEvent[], looks: Looks): Sink {
  const records = events.flatMap((event) => event.Records);
  const stored = (image: 'Keys' | 'NewImage' | 'OldImage', attribute: string) =>
    records.reduce((sum, { dynamodb }) => sum + (dynamodb?.[image]?.[attribute]?.S?.length ?? NaN), 0);
  return {
    records: records.length,
    sum:
      looks === 'at the key'
        ? stored('Keys', 'pk')
        : 100 * stored('NewImage', 'status') + stored('OldImage', 'status'),
  };
}
