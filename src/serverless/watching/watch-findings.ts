import type { Finding } from '../rules/finding.ts';
import { listed, placeOf } from '../rules/finding.ts';
import { streamRetentionSeconds } from '../../idempotency/expiry.ts';
import { durationText } from './thresholds.ts';
import type { AlarmSettings } from './watch-settings.ts';
import type { WatchParts, WatchedFunction } from './watched.ts';
import type { QueuesFound } from './watched-queues.ts';

/** What is not watched, and alarms that come when it is too late. */
export const watchFindings = (
  { consumers, settings: { alarms } }: WatchParts,
  functions: readonly WatchedFunction[],
  found: QueuesFound,
): readonly Finding[] => [
  ...consumers
    .filter(({ places }) => places.letters === 'unknown')
    .map(({ plan }) => notWatched(placeOf(plan), 'to which its letters go')),
  ...(found.elsewhere.length === 0
    ? []
    : [notWatched(ofSettings, `${listed(found.elsewhere)} in another region`)]),
  ...(alarms === 'off' ? [] : tooLate(alarms, functions, found)),
];

const ofSettings = placeOf({ name: 'custom.spillway', file: 'serverless.yml' });

const notWatched = (where: Pick<Finding, 'file' | 'function'>, which: string): Finding => ({
  level: 'note',
  rule: 'queue-not-watched',
  ...where,
  message: `the queue ${which} has no alarms, and is not on the dashboard.`,
  remedy: 'Make an alarm where the queue is: on ApproximateNumberOfMessagesVisible of AWS/SQS, above 0.',
});

function tooLate(
  { iteratorAgeSeconds, pointerAgeSeconds, letterAgeSeconds }: AlarmSettings,
  functions: readonly WatchedFunction[],
  { queues }: QueuesFound,
): readonly Finding[] {
  const latest = (seconds: readonly (number | undefined)[]): number =>
    Math.min(...seconds.map((one) => one ?? Infinity));
  const pointers = queues.filter(({ recordsGivenUpAfterSeconds: age }) => age !== undefined);
  const limits = [
    [
      'iteratorAgeSeconds',
      iteratorAgeSeconds,
      latest(functions.map(({ givenUpAfterSeconds }) => givenUpAfterSeconds)),
      'records are given up by then',
    ],
    [
      'pointerAgeSeconds',
      pointerAgeSeconds,
      pointers.length === 0 ? Infinity : streamRetentionSeconds,
      'the stream has forgotten the records by then',
    ],
    [
      'letterAgeSeconds',
      letterAgeSeconds,
      latest(queues.map(({ retentionSeconds }) => retentionSeconds)),
      'SQS has deleted the letter by then',
    ],
  ] as const;
  return limits.flatMap(([name, given, limit, consequence]) =>
    given === undefined || given < limit
      ? []
      : [
          {
            level: 'warning',
            rule: 'alarm-too-late',
            ...ofSettings,
            message: `custom.spillway.alarms.${name} is ${given} (${durationText(given)}): ${consequence}.`,
            remedy: `Take less than ${limit} (${durationText(limit)}), or leave it out.`,
          },
        ],
  );
}
