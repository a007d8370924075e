import type { Alarm } from './alarm.ts';
import { atOnce } from './alarm.ts';
import { joined } from './joined.ts';
import { queueMetric } from './metrics.ts';
import { durationText, letterAgeSeconds, pointerAgeSeconds } from './thresholds.ts';
import type { AlarmSettings } from './watch-settings.ts';
import type { WatchedQueue } from './watched.ts';

/**
 * An alarm that is on tells nobody of what comes on top. So a pointer among letters that wait on purpose has alarms of its
 * own: that of its mapping at once, and that of its age before the stream forgets.
 */
export const queueAlarms = (queue: WatchedQueue, settings: AlarmSettings): readonly Alarm[] => {
  const pointerAge = pointerAgeSeconds(queue, settings);
  return [
    waiting(queue),
    ...(pointerAge === undefined ? [] : [pointersExpire(queue, pointerAge)]),
    lettersExpire(queue, letterAgeSeconds(queue, settings)),
  ];
};

const look = ({ url }: WatchedQueue): readonly unknown[] => [
  ' Look: export SPILLWAY_DLQ_URL=',
  url,
  '; npx spillway dlq list. ',
];

const waiting = (queue: WatchedQueue): Alarm => ({
  logicalId: `SpillwayAlarm${queue.idPart}Waiting`,
  title: `has letters in ${queue.label}`,
  description: joined(
    'Changes that could not be handled wait in the queue of dead letters. The stream goes on without them.',
    ...look(queue),
    'Pointers are urgent, letters are not. docs/dead-letters.md, At night.',
  ),
  metric: queueMetric('ApproximateNumberOfMessagesVisible', queue),
  threshold: 1,
  periods: atOnce,
});

const pointersExpire = (queue: WatchedQueue, seconds: number): Alarm => ({
  logicalId: `SpillwayAlarm${queue.idPart}OldPointers`,
  title: `has pointers in ${queue.label} that may expire`,
  description: joined(
    `The oldest message in the queue of dead letters has lain there for ${durationText(seconds)}. If it is a pointer ` +
      '(RetryAttemptsExhausted, RecordAgeExceeded), the stream forgets its records 24 hours after they were written, and then ' +
      'they are lost: replay it now. Letters have time.',
    ...look(queue),
    'docs/dead-letters.md, At night.',
  ),
  metric: queueMetric('ApproximateAgeOfOldestMessage', queue),
  threshold: seconds,
  periods: atOnce,
});

const lettersExpire = (queue: WatchedQueue, seconds: number): Alarm => ({
  logicalId: `SpillwayAlarm${queue.idPart}OldLetters`,
  title: `has letters in ${queue.label} that expire`,
  description: joined(
    `The oldest letter has lain in the queue for ${durationText(seconds)}` +
      (queue.retentionSeconds === undefined
        ? '; when the retention of the queue is over, '
        : `, and at ${durationText(queue.retentionSeconds)} `) +
      'SQS deletes it. Replay it, or keep it: npx spillway dlq export --to letters.ndjson.',
    ...look(queue),
    'docs/dead-letters.md, At night.',
  ),
  metric: queueMetric('ApproximateAgeOfOldestMessage', queue),
  threshold: seconds,
  periods: atOnce,
});
