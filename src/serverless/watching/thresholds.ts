import { streamRetentionSeconds } from '../../idempotency/expiry.ts';
import type { AlarmSettings } from './watch-settings.ts';
import type { WatchedFunction, WatchedQueue } from './watched.ts';

/** What SQS keeps a message for in a queue that says nothing of it. */
const usualRetentionSeconds = 4 * 86_400;

const hour = 3_600;

/**
 * When a consumer has fallen behind. An hour: as long an outage downstream the mapping is made to sit out (`bounds.ts`), so
 * that what takes longer is no hiccup, and with the bounds of the plugin 11 hours are left until records are given up for
 * their age. Where they are given up earlier, a quarter of that age, for somebody must have time to come.
 */
export const iteratorAgeSeconds = (
  { givenUpAfterSeconds }: Pick<WatchedFunction, 'givenUpAfterSeconds'>,
  { iteratorAgeSeconds: given }: Pick<AlarmSettings, 'iteratorAgeSeconds'>,
): number => given ?? Math.min(hour, Math.floor(givenUpAfterSeconds / 4));

/**
 * When a pointer has lain for too long. A pointer holds no records, and the stream forgets them a day after they were
 * written: at the worst they are as old as the mapping lets them become, and what is left of the day is all there is. Half of
 * that (6 hours with the bounds of the plugin), so that the other half is there to act. An hour where nothing is left at the
 * worst, for by the retries pointers come much earlier than by age. Never later than the letters' own threshold.
 */
export const pointerAgeSeconds = (
  queue: Pick<WatchedQueue, 'recordsGivenUpAfterSeconds' | 'retentionSeconds'>,
  settings: AlarmSettings,
): number | undefined => {
  const { recordsGivenUpAfterSeconds: age } = queue;
  if (age === undefined) return undefined;
  const half = Math.floor((streamRetentionSeconds - age) / 2);
  return settings.pointerAgeSeconds ?? Math.min(Math.max(half, hour), letterAgeSeconds(queue, settings));
};

/**
 * When the oldest letter is about to be deleted by SQS. At four fifths of what the queue keeps: of 14 days 2.8 are left, more
 * than a weekend; of SQS's own 4 days 19 hours, a night and a morning. Of a queue of another stack 4 days are assumed.
 */
export const letterAgeSeconds = (
  { retentionSeconds }: Pick<WatchedQueue, 'retentionSeconds'>,
  { letterAgeSeconds: given }: Pick<AlarmSettings, 'letterAgeSeconds'>,
): number => given ?? Math.floor((retentionSeconds ?? usualRetentionSeconds) * 0.8);

const units = [
  [86_400, 'days'],
  [hour, 'hours'],
  [60, 'minutes'],
] as const;

/** `11.2 days`, `6 hours`, `90 seconds`: in the largest unit of which there are two, or just one. */
export function durationText(seconds: number): string {
  const [size, unit] = units.find(([one]) => seconds >= 2 * one || seconds === one) ?? [1, 'seconds'];
  const count = Math.round((seconds / size) * 10) / 10;
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}
