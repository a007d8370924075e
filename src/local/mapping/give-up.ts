import { LocalStackError } from '../../errors.ts';
import type { BatchRecord } from './batch.ts';
import type { GivenUpBecause } from './decide-next.ts';
import type { MappingCounts } from './mapping-metrics.ts';
import type { MappingObservers } from './mapping-observers.ts';
import type { OnFailureDestination } from './on-failure-destination.ts';
import type { OnFailurePointer } from './on-failure-pointer.ts';
import { onFailurePointer } from './on-failure-pointer.ts';

export interface GivenUp {
  readonly records: readonly BatchRecord[];
  readonly requestId: string;
  readonly invocations: number;
  readonly why: GivenUpBecause;
}

/** Resolves with the pointer when the records may be passed over, with undefined if they may not. */
export type GiveUp = (given: GivenUp) => Promise<OnFailurePointer | undefined>;

export interface GiveUpParts {
  readonly streamArn: string;
  readonly shardId: string;
  readonly functionArn: string;
  /** Undefined if there is none: then the records are lost, as they are on Lambda. */
  readonly destination: OnFailureDestination | undefined;
  readonly now: () => number;
  readonly backOff: (failures: number) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly abandoning: AbortSignal;
  readonly observers: MappingObservers;
  readonly counts: MappingCounts;
}

/** What a destination that does not answer may take. */
const sendLimitMs = 30_000;

/** Records are passed over only when their pointer is safe; a mapping that is stopped before that leaves them. */
export function createGiveUp(parts: GiveUpParts): GiveUp {
  const { streamArn, shardId, functionArn, destination, counts } = parts;

  const deliver = async (pointer: OnFailurePointer, records: readonly BatchRecord[]): Promise<boolean> => {
    for (let failures = 1; destination; failures += 1) {
      try {
        await destination.send(
          pointer,
          records,
          AbortSignal.any([parts.abandoning, AbortSignal.timeout(sendLimitMs)]),
        );
        counts.add('OnFailureDestinationDeliveredEventCount', records.length);
        return true;
      } catch (cause) {
        if (parts.abandoning.aborted) return false;
        const { startSequenceNumber } = pointer.DDBStreamBatchInfo;
        const where = `the records of shard ${shardId} from ${startSequenceNumber} on`;
        const what = `The on-failure destination ${destination.arn} did not accept the pointer to ${where}`;
        parts.observers.onError(new LocalStackError(`${what}; trying again.`, { cause }));
      }
      if (parts.stopping.aborted) return false;
      await parts.backOff(failures);
    }
    return true;
  };

  return async ({ records, requestId, invocations, why }) => {
    const [first, last] = [records[0], records.at(-1)];
    if (!first || !last) return undefined;
    const pointer = onFailurePointer({
      streamArn,
      shardId,
      functionArn,
      requestId,
      invocations,
      why,
      givenUpAt: new Date(parts.now()),
      first,
      last,
      batchSize: records.length,
    });
    if (!(await deliver(pointer, records))) return undefined;
    counts.add('DroppedEventCount', records.length);
    return pointer;
  };
}
