import type { Context } from 'aws-lambda';
import { BrokenPromiseError, ItemParkedError } from './errors.ts';
import type { HandlerParts } from './open-invocation.ts';
import { consumerFor, openInvocation } from './open-invocation.ts';
import { closeSession } from './processing/close-session.ts';
import { itemNameOf } from './processing/item-of.ts';
import { refusalOf } from './processing/refuse-work.ts';
import type { ReplayWork } from './processing/replay-work.ts';
import { runBatch } from './processing/run-batch.ts';
import { waitAtMost } from './processing/wait-at-most.ts';
import { readReplayRequest } from './reporting/read-replay-request.ts';
import type { ReplayResponse, ReplayResult } from './reporting/replay-protocol.ts';
import { isReplaySettled } from './reporting/replay-protocol.ts';
import { notBegun, replayResult } from './reporting/replay-results.ts';
import { eventIdOf, sequenceNumberOf } from './stream/read-record.ts';
import type { RawRecord } from './stream/record.ts';
import { compareSequenceNumbers, isSequenceNumber } from './stream/sequence-number.ts';

interface Entry {
  readonly record: RawRecord;
  readonly work: ReplayWork;
}

/**
 * An invocation by a replay: letters, and records that Lambda gave up. What is not for this handler is refused by itself,
 * where in a batch of the stream it would fail the batch.
 */
export async function handleReplay(
  parts: HandlerParts,
  event: unknown,
  context: Context,
): Promise<ReplayResponse> {
  const { Records: records, spillwayReplay: order } = readReplayRequest(event);
  const { stores, rules } = parts;
  const consumer = consumerFor(parts.options, context, order.works);
  const entries = records.flatMap((record, index) => {
    const work = order.works[index];
    return work === undefined ? [] : [{ record, work }];
  });
  const results = refuse(entries, { ...rules, consumer, hasLedger: stores().ledger !== undefined });
  const places = [...entries.keys()].filter((index) => results[index] === undefined);
  const accepted = places.flatMap((index) => entries[index] ?? []);

  const works = accepted.map(({ work }) => work);
  const batch = accepted.map(({ record }) => record);
  const { invocation, tellBatch, close } = openInvocation(parts, batch, context, works);
  try {
    const concurrency = order.concurrency ?? rules.concurrency;
    const outcomes = await runBatch(
      batch,
      {
        ...rules,
        concurrency,
        onResult(index, result) {
          const record = batch[index];
          const place = places[index];
          if (record === undefined || place === undefined) return;
          const eventSourceArn = record.eventSourceARN ?? '';
          results[place] = replayResult(result, { consumer, eventSourceArn, eventId: eventIdOf(record) });
        },
      },
      invocation,
    );
    const all = results.map((result, index) => result ?? lost(index));
    const checkpoint = lowestUnsettled(records, all);
    const { replayed, runtime, deadline } = invocation;
    // What is remembered beside the work is not worth a late answer.
    if (replayed !== undefined) await waitAtMost(deadline.untilTimeoutMs() / 2, runtime, replayed.flush());
    await closeSession(checkpoint, invocation);
    tellBatch(outcomes, checkpoint);
    return {
      batchItemFailures: checkpoint === undefined ? [] : [{ itemIdentifier: checkpoint }],
      spillwayReplay: { version: 1, results: all },
    };
  } finally {
    close();
  }
}

/** What stands behind a refused change of its item is not begun either. */
function refuse(
  entries: readonly Entry[],
  rules: Parameters<typeof refusalOf>[2],
): (ReplayResult | undefined)[] {
  const closed = new Set<string>();
  return entries.map(({ record, work }) => {
    const lane = laneIn(record, rules.consumer);
    if (lane !== undefined && closed.has(lane)) return notBegun('blocked', behindRefused());
    const refusal = refusalOf(work, record, rules);
    if (refusal === undefined) return undefined;
    if (lane !== undefined) closed.add(lane);
    return notBegun('refused', refusal);
  });
}

/** Undefined for a record of which not so much can be told. */
function laneIn(record: RawRecord, consumer: string): string | undefined {
  try {
    const item = itemNameOf(consumer, record);
    return item && `${item.eventSourceArn} ${item.item}`;
  } catch {
    return undefined;
  }
}

const behindRefused = (): ItemParkedError =>
  new ItemParkedError('an earlier change of this item was refused: see to that first');

/** For those who invoke a function as the stream does, and look at nothing else. */
function lowestUnsettled(
  records: readonly RawRecord[],
  results: readonly ReplayResult[],
): string | undefined {
  const unsettled = records.flatMap((record, index) => {
    const result = results[index];
    const number = sequenceNumberOf(record);
    return result !== undefined && !isReplaySettled(result.outcome) && isSequenceNumber(number)
      ? [number]
      : [];
  });
  return unsettled.toSorted(compareSequenceNumbers)[0];
}

function lost(index: number): never {
  throw new BrokenPromiseError(`record ${index} of the replay has no outcome`);
}
