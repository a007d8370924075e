import { streamRetentionSeconds } from '../../idempotency/expiry.ts';
import { attachments } from './attached.ts';
import type { Rule } from './finding.ts';
import { placeOf } from './finding.ts';
import type { MappingModel, QueueModel } from './service-model.ts';

/**
 * A settled record must be remembered for as long as it can come again by itself: while Lambda delivers it (the record
 * age), and after that while a pointer to it lies in the queue and can be followed. The stream keeps records for 24 hours
 * in all, so a pointer that is older leads nowhere, however long the queue keeps it.
 *
 * A letter may lie in the queue for weeks. That needs no longer memory: a replay claims an entry of its own, parked items
 * are remembered for 15 days, and a letter is there because its work was not done. What a ledger does not cover once it
 * has expired is a letter that lies in the queue twice and is replayed twice, with more than the expiry in between.
 */
export const ledgerExpiresEarly: Rule = (service) =>
  attachments(service).flatMap(({ consumer, mapping }) => {
    const { ledger } = consumer;
    if (ledger === undefined || ledger === 'off') return [];
    const queue = service.queues.find(({ id }) => id === mapping.onFailureQueue);
    const covered = returnsWithinSeconds(mapping, queue);
    if (ledger.expiresAfterSeconds > covered) return [];
    return [
      {
        level: 'error',
        rule: 'ledger-expires-early',
        ...placeOf(consumer),
        message:
          `the ledger forgets after ${ledger.expiresAfterSeconds} s what was done, and a record can come again for ` +
          `${covered} s (redeliveries, and pointers in the queue): it would be handled twice.`,
        remedy: `Set the ledger's expiresAfterSeconds to more than ${Math.max(covered, streamRetentionSeconds)}; its default is 48 hours.`,
      },
    ];
  });

function returnsWithinSeconds({ maximumRecordAgeSeconds, onFailureQueue }: MappingModel, queue?: QueueModel) {
  const age = maximumRecordAgeSeconds < 0 ? streamRetentionSeconds : maximumRecordAgeSeconds;
  const inQueue = onFailureQueue === undefined ? 0 : (queue?.retentionSeconds ?? streamRetentionSeconds);
  return Math.min(age + inQueue, streamRetentionSeconds);
}
