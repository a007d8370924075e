import type { Rule } from './finding.ts';
import { placeOf } from './finding.ts';

/** What AWS advises, so that a throttled batch has time for another attempt.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const timeouts = 6;

export const visibilityTooShort: Rule = ({ replays, queues }) =>
  replays.flatMap((replay) => {
    const queue = queues.find(({ id }) => id === replay.queue);
    const least = replay.timeoutSeconds * timeouts;
    if (queue?.visibilitySeconds === undefined || queue.visibilitySeconds >= least) return [];
    return [
      {
        level: 'warning',
        rule: 'visibility-too-short',
        ...placeOf(replay),
        message:
          `the queue "${queue.id}" hides a message for ${queue.visibilitySeconds} s, and the replay function may take ` +
          `${replay.timeoutSeconds} s: a letter could be handed out again while it is replayed.`,
        remedy: `Set the queue's VisibilityTimeout to ${least} (${timeouts} times the function's timeout).`,
      },
    ];
  });
