const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** `45 s`, `12 min`, `3 h`, `9 days`: what is left over is left out. */
export function durationText(ms: number): string {
  const whole = (unit: number) => Math.floor(Math.max(0, ms) / unit);
  if (ms < minute) return `${whole(second)} s`;
  if (ms < hour) return `${whole(minute)} min`;
  if (ms < 2 * day) return `${whole(hour)} h`;
  return `${whole(day)} days`;
}

export const numberText = (count: number): string => count.toLocaleString('en-US');

export const areText = (count: number): string => (count === 1 ? 'is' : 'are');

/** `1 message`, `2 messages`. */
export const countText = (count: number, noun: string): string =>
  `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
