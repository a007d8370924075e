import { DeadLetterError, LetterTooLargeError } from '../errors.ts';
import type { ParkingPlace } from '../idempotency/item-memory.ts';
import { workId } from '../idempotency/work.ts';
import { sequenceNumberOf, tableOf } from '../stream/read-record.ts';
import type { Invocation } from './invocation.ts';
import { steadily } from './steadily.ts';
import type { Task } from './task.ts';
import type { Verdict } from './verdict.ts';
import { reasonFor } from './verdict.ts';

export interface GivenUp {
  readonly task: Task;
  readonly error: unknown;
  readonly verdict: Exclude<Verdict, 'transient'>;
  readonly attempts: number;
  /** Where its item's letters stand, if it is parked. */
  readonly parked?: ParkingPlace;
}

/**
 * Sends the letter of a record that cannot be handled; resolves when it is safely kept.
 * @throws DeadLetterError or LetterTooLargeError
 */
export async function giveUp(given: GivenUp, invocation: Invocation): Promise<void> {
  const { sendLetter, consumer, lambda, observer } = invocation;
  const { task, error, attempts, parked } = given;
  const { route, eventId, record } = task;
  if (sendLetter === undefined)
    throw new DeadLetterError(
      'the record cannot be handled and dead letters are switched off, so it stays in the stream until the mapping gives it up',
      { cause: error },
    );
  const id = workId(task);
  const reason = reasonFor(error, given.verdict);
  await steadily(invocation, () =>
    Promise.resolve(
      sendLetter({ consumer, route, id, reason, error, attempts, record, lambda, parked }),
    ).catch(notSent),
  );
  const table = tableOf(task.eventSourceArn);
  const sequenceNumber = sequenceNumberOf(record);
  observer.onLetter({ consumer, letterId: id, route, reason, table, eventId, sequenceNumber });
}

function notSent(cause: unknown): never {
  if (cause instanceof DeadLetterError || cause instanceof LetterTooLargeError) throw cause;
  throw new DeadLetterError('the dead letters did not accept the letter; its record stays in the stream', {
    cause,
  });
}
