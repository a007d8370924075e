import type { Context } from 'aws-lambda';
import type { DeadLetters } from './dead-letter/letter.ts';
import { writeLetter } from './dead-letter/letter.ts';
import { fromEnvironment, isLambda } from './environment.ts';
import type { HandlerOptions } from './handler-options.ts';
import type { ItemName } from './idempotency/item-memory.ts';
import type { Ledger } from './idempotency/session.ts';
import { createDeadline } from './processing/deadline.ts';
import type { Invocation } from './processing/invocation.ts';
import { itemNameOf } from './processing/item-of.ts';
import type { Observer } from './processing/observer.ts';
import type { OutcomeName } from './processing/outcome.ts';
import { createParking } from './processing/parking.ts';
import type { ReplayWork } from './processing/replay-work.ts';
import { createReplayedItems } from './processing/replayed-items.ts';
import { defaultRetry, mergeRetry } from './processing/retry.ts';
import type { BatchRules } from './processing/run-batch.ts';
import { countOutcomes } from './reporting/observers.ts';
import type { Runtime } from './runtime.ts';
import { sequenceNumberOf } from './stream/read-record.ts';
import type { RawRecord } from './stream/record.ts';

/** What the invocations of a handler have in common. */
export interface HandlerParts {
  readonly runtime: Runtime;
  readonly options: HandlerOptions;
  readonly rules: BatchRules;
  /** Made when they are first asked for, where that is not at Lambda's init. */
  readonly stores: () => {
    readonly ledger: Ledger | undefined;
    readonly deadLetters: DeadLetters | undefined;
  };
  readonly observer: Required<Observer>;
}

export interface OpenInvocation {
  readonly invocation: Invocation;
  /** Tells the observers that the batch is done. */
  readonly tellBatch: (outcomes: readonly OutcomeName[], checkpoint: string | undefined) => void;
  /** Lets go of timers. */
  readonly close: () => void;
}

/** @param replay what a replay wants of each record */
export function openInvocation(
  { runtime, options, stores, observer }: HandlerParts,
  records: readonly RawRecord[],
  context: Context,
  replay?: readonly ReplayWork[],
): OpenInvocation {
  const startedAt = runtime.now();
  const { ledger, deadLetters } = stores();
  const { deadlineMarginMs = 1_000, afterDeadLetter, classify } = options;
  const deadline = createDeadline(runtime, context, deadlineMarginMs);
  const consumer = consumerFor(options, context, replay);
  const session = ledger?.open({
    consumer,
    eventSourceArn: records[0]?.eventSourceARN ?? '',
    sequenceNumbers: records.map(sequenceNumberOf),
    runtime,
    untilTimeoutMs: () => deadline.untilTimeoutMs(),
    signal: deadline.signal,
    isReplay: replay !== undefined,
  });
  const items = ledger?.items;
  const invocation: Invocation = {
    consumer,
    lambda: context,
    runtime,
    deadline,
    ledger: session,
    ledgerAhead: ledger?.ahead ?? 0,
    sendLetter:
      deadLetters && ((undeliverable) => deadLetters.send(writeLetter(undeliverable, runtime.now()))),
    retry: mergeRetry(defaultRetry, options.retry),
    classify,
    replay,
    items,
    replayed:
      replay && items && createReplayedItems(items, itemsToLookUp(consumer, records, replay), runtime),
    parking:
      afterDeadLetter === 'park-item' && items !== undefined ? createParking(items, runtime) : undefined,
    observer,
  };
  return {
    invocation,
    tellBatch: (outcomes, checkpoint) =>
      observer.onBatch({
        consumer,
        requestId: context.awsRequestId,
        records: records.length,
        counts: countOutcomes(outcomes),
        durationMs: runtime.now() - startedAt,
        checkpoint,
        ...(replay !== undefined && { isReplay: true }),
      }),
    close() {
      session?.abandon();
      deadline.close();
    },
  };
}

const itemsToLookUp = (
  consumer: string,
  records: readonly RawRecord[],
  works: readonly ReplayWork[],
): readonly ItemName[] =>
  records.flatMap((record, index) =>
    works[index]?.ifStale === 'run' ? [] : (itemNameOf(consumer, record) ?? []),
  );

/** A handler that is not told whose it is replays the letters it is given; outside Lambda its function's name says nothing. */
export function consumerFor(
  { consumer }: HandlerOptions,
  { functionName }: Pick<Context, 'functionName'>,
  replay?: readonly ReplayWork[],
): string {
  const letter = isLambda() ? undefined : replay?.find((work) => work.kind === 'letter');
  return consumer ?? fromEnvironment('SPILLWAY_CONSUMER') ?? letter?.consumer ?? functionName;
}
