import { randomUUID } from 'node:crypto';
import type { Invocation, Invoke } from '../function/invocation.ts';
import type { BatchRecord } from './batch.ts';
import { eventJson } from './cut-batch.ts';
import type { NextStep } from './decide-next.ts';
import { decideNext, wholeBatch } from './decide-next.ts';
import type { GiveUp } from './give-up.ts';
import type { BatchOutcome } from './judge-invocation.ts';
import { judgeInvocation } from './judge-invocation.ts';
import type { LaneWindow } from './lane-window.ts';
import type { MappingCounts } from './mapping-metrics.ts';
import type { MappingObservers } from './mapping-observers.ts';
import type { MappingSettings } from './mapping-settings.ts';

export interface SettlerParts {
  readonly settings: MappingSettings;
  readonly shardId: string;
  readonly invoke: Invoke;
  readonly giveUp: GiveUp;
  readonly settled: (records: readonly BatchRecord[]) => void;
  readonly backOff: (failures: number) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly abandoning: AbortSignal;
  readonly observers: MappingObservers;
  readonly counts: MappingCounts;
  /** The tumbling window of the lane, if the mapping has windows. */
  readonly window: LaneWindow | undefined;
}

/** Invokes until every record of the batch is behind the checkpoint, or the mapping is stopped. */
export async function settleBatch(batch: readonly BatchRecord[], parts: SettlerParts): Promise<void> {
  const { settings, settled, giveUp, window } = parts;
  let rest = batch;
  let deliveries = wholeBatch(batch.length);
  let requestId: string = randomUUID();
  let failures = 0;
  const pass = (count: number) => {
    settled(rest.slice(0, count));
    rest = rest.slice(count);
  };

  for (let [first] = deliveries; first && !parts.stopping.aborted; [first] = deliveries) {
    const expired = countExpired(rest.slice(0, first.size), settings);
    let step: NextStep;
    if (expired > 0) step = decideNext(deliveries, { kind: 'expired', records: expired }, settings);
    else {
      const delivered = rest.slice(0, first.size);
      const invocation = await invokeWith(delivered, parts);
      const { result } = invocation;
      if (result.kind === 'abandoned') {
        if (parts.abandoning.aborted) return;
        // Somebody else ended it: nothing is known about it, so it is delivered again.
        await parts.backOff(1);
        continue;
      }
      const outcome = judgeInvocation(result, {
        sequenceNumbers: delivered.map(({ sequenceNumber }) => sequenceNumber),
        reportBatchItemFailures: settings.reportBatchItemFailures,
        state: window !== undefined,
      });
      ({ requestId } = invocation);
      step = decideNext(deliveries, { kind: 'invoked', outcome }, settings);
      report({ delivered, invocation, outcome, step, attempt: first.invocations + 1 }, parts);
      if (step.kind === 'advance' && result.kind === 'returned') await window?.carry(result.response);
    }
    deliveries = step.left;
    failures = step.kind === 'retry' ? failures + 1 : 0;
    switch (step.kind) {
      case 'advance':
        pass(step.settled);
        if (step.settled < first.size) await parts.backOff(1);
        break;
      case 'split':
        await parts.backOff(1);
        break;
      case 'retry':
        await parts.backOff(failures);
        break;
      case 'give-up': {
        const pointer = await giveUp({ ...step, requestId, records: rest.slice(0, step.records) });
        if (!pointer) return;
        pass(step.records);
        parts.observers.onGivenUp(pointer);
        break;
      }
    }
  }
}

/** Records are in the order in which they were written, so those that are too old are the first ones. */
function countExpired(
  records: readonly BatchRecord[],
  { maximumRecordAgeMs, clock }: MappingSettings,
): number {
  if (maximumRecordAgeMs === undefined) return 0;
  const oldest = clock.now() - maximumRecordAgeMs;
  const firstYoung = records.findIndex(({ arrivedAt }) => arrivedAt.getTime() >= oldest);
  return firstYoung < 0 ? records.length : firstYoung;
}

const invokeWith = (
  records: readonly BatchRecord[],
  { invoke, window, abandoning }: SettlerParts,
): Promise<Invocation> => invoke(eventJson(records, window?.json(records[0])), abandoning);

interface Happened {
  readonly delivered: readonly BatchRecord[];
  readonly invocation: Invocation;
  readonly outcome: BatchOutcome;
  readonly step: NextStep;
  readonly attempt: number;
}

function report({ delivered, invocation, outcome, step, attempt }: Happened, parts: SettlerParts): void {
  if (outcome.kind !== 'not-invoked') parts.counts.add('InvokedEventCount', delivered.length);
  if (outcome.kind !== 'complete-success' && outcome.kind !== 'not-invoked')
    parts.counts.add('FailedInvokeEventCount', delivered.length);
  parts.observers.onInvocation({
    shardId: parts.shardId,
    requestId: invocation.requestId,
    attempt,
    batchSize: delivered.length,
    startSequenceNumber: delivered[0]?.sequenceNumber ?? '',
    endSequenceNumber: delivered.at(-1)?.sequenceNumber ?? '',
    durationMs: invocation.durationMs,
    outcome,
    next: step.kind,
  });
}
