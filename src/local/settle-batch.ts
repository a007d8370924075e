import { LocalStackError } from '../errors.ts';
import type { BatchRecord } from './batch.ts';
import { eventJson } from './batch.ts';
import { decideNext, judgeInvocation } from './decide-next.ts';
import type { Invocation } from './invoke-function.ts';
import type { InvocationReport, MappingObservers } from './mapping-observers.ts';
import type { OnFailurePointer } from './on-failure-pointer.ts';
import { onFailurePointer } from './on-failure-pointer.ts';

export interface SettlerParts {
  readonly streamArn: string;
  readonly shardId: string;
  readonly functionArn: string;
  readonly maximumRetryAttempts: number;
  readonly reportBatchItemFailures: boolean;
  readonly invoke: (eventJson: string) => Promise<Invocation>;
  /** Resolves when the on-failure destination has accepted the pointer. */
  readonly sendPointer: (pointer: OnFailurePointer) => Promise<void>;
  readonly moveCheckpoint: (sequenceNumber: string) => void;
  readonly backOff: (failures: number) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly now: () => number;
  readonly observers: MappingObservers;
}

/** Invokes until every record of the batch is behind the checkpoint, or the mapping is stopped. */
export async function settleBatch(batch: readonly BatchRecord[], parts: SettlerParts): Promise<void> {
  let rest = batch;
  let invocations = 0;
  for (let [first, last] = ends(rest); first && last && !parts.stopping.aborted; [first, last] = ends(rest)) {
    const { requestId, durationMs, result } = await parts.invoke(eventJson(rest));
    if (result.kind === 'abandoned') return;

    const sequenceNumbers = rest.map(({ sequenceNumber }) => sequenceNumber);
    const outcome = judgeInvocation(result, sequenceNumbers, parts.reportBatchItemFailures);
    const step = decideNext(
      { invocations, maximumRetryAttempts: parts.maximumRetryAttempts },
      rest.length,
      outcome,
    );
    const report: InvocationReport = {
      shardId: parts.shardId,
      requestId,
      attempt: invocations + 1,
      batchSize: rest.length,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      durationMs,
      outcome,
      next: step.kind,
    };
    parts.observers.onInvocation(report);

    switch (step.kind) {
      case 'advance': {
        const settled = rest[step.settled - 1];
        if (settled) parts.moveCheckpoint(settled.sequenceNumber);
        rest = rest.slice(step.settled);
        invocations = 0;
        if (rest.length > 0) await parts.backOff(1);
        break;
      }
      case 'retry':
        invocations = step.invocations;
        await parts.backOff(invocations);
        break;
      case 'give-up': {
        const { streamArn, shardId, functionArn } = parts;
        const givenUpAt = new Date(parts.now());
        const where = { streamArn, shardId, functionArn, requestId, givenUpAt };
        const pointer = onFailurePointer({ ...where, ...step, first, last, batchSize: rest.length });
        if (!(await deliver(pointer, parts))) return;
        parts.moveCheckpoint(last.sequenceNumber);
        parts.observers.onGivenUp(pointer);
        return;
      }
    }
  }
}

/** A batch is passed over only when its pointer is safe; a mapping that is stopped before that leaves it where it is. */
async function deliver(pointer: OnFailurePointer, parts: SettlerParts): Promise<boolean> {
  for (let failures = 1; ; failures += 1) {
    try {
      await parts.sendPointer(pointer);
      return true;
    } catch (cause) {
      const { shardId, startSequenceNumber } = pointer.DDBStreamBatchInfo;
      const where = `the batch of shard ${shardId} that starts at ${startSequenceNumber}`;
      parts.observers.onError(
        new LocalStackError(
          `The on-failure destination did not accept the pointer to ${where}; trying again.`,
          {
            cause,
          },
        ),
      );
    }
    if (parts.stopping.aborted) return false;
    await parts.backOff(failures);
  }
}

const ends = (records: readonly BatchRecord[]) => [records[0], records.at(-1)] as const;
