import { isObject } from '../../stream/record.ts';
import type { InvocationResult } from '../function/invocation.ts';
import type { BatchOutcome } from '../mapping/judge-invocation.ts';

/** What becomes of a batch of messages: those that are done are deleted, the others come again. */
export interface JudgedMessages {
  readonly outcome: BatchOutcome;
  readonly done: ReadonlySet<string>;
}

/**
 * Reads a result as Lambda does for a queue. With `ReportBatchItemFailures` just the messages that are named come again;
 * what is not understood, such as a message that is not of the batch, fails them all.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function judgeMessages(
  result: Exclude<InvocationResult, { kind: 'abandoned' }>,
  messageIds: readonly string[],
  reportBatchItemFailures: boolean,
): JudgedMessages {
  switch (result.kind) {
    case 'not-invoked':
      return { outcome: result, done: new Set() };
    case 'function-error':
      return {
        outcome: { ...result, kind: 'complete-failure', functionError: 'Unhandled' },
        done: new Set(),
      };
    case 'returned':
      return reportBatchItemFailures
        ? judgeFailures(result.response, messageIds)
        : { outcome: { kind: 'complete-success' }, done: new Set(messageIds) };
  }
}

function judgeFailures(response: unknown, messageIds: readonly string[]): JudgedMessages {
  const all = { outcome: { kind: 'complete-success' }, done: new Set(messageIds) } as const;
  if (response === '' || response === undefined || response === null) return all;
  if (!isObject(response)) return refused('the response is not an object');
  const failures = response['batchItemFailures'] ?? [];
  if (!Array.isArray(failures)) return refused('batchItemFailures is not a list');
  if (failures.length === 0) return all;
  const failed = new Set(
    failures.map((failure: unknown) => (isObject(failure) ? failure['itemIdentifier'] : undefined)),
  );
  const done = new Set(messageIds.filter((id) => !failed.has(id)));
  if (done.size + failed.size > messageIds.length)
    return refused('an itemIdentifier is not the id of a message of this batch');
  return { outcome: { kind: 'partial-failure', settled: done.size }, done };
}

const refused = (reason: string): JudgedMessages => ({
  outcome: { kind: 'complete-failure', functionError: null, reason },
  done: new Set(),
});
