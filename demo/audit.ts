import type { Change, Facts } from './read-back.ts';

/** What the audit table says about the handling of each item: the sequence numbers, in the order they were handled. */
export interface Audit {
  readonly timesHandled: (sequenceNumber: string) => number;
  /** Sequence numbers that were handled more than once. */
  readonly handledTwice: readonly string[];
  /** Items of which a change was handled after a later one. */
  readonly outOfOrder: readonly string[];
  /** How often the route of each patient customer was started. */
  readonly attempts: readonly number[];
}

export function readAudit({ audit, changes }: Pick<Facts, 'audit' | 'changes'>): Audit {
  const place = new Map(changes.map(({ sequenceNumber }, index) => [sequenceNumber, index]));
  const times = new Map<string, number>();
  const outOfOrder: string[] = [];
  for (const { id, handled } of audit) {
    const numbers = (handled?.L ?? []).map(({ S = '' }) => S);
    for (const number of numbers) times.set(number, (times.get(number) ?? 0) + 1);
    const places = numbers.map((number) => place.get(number) ?? -1);
    if (places.some((at, index) => at < (places[index - 1] ?? -1))) outOfOrder.push(id?.S ?? '');
  }
  return {
    timesHandled: (sequenceNumber) => times.get(sequenceNumber) ?? 0,
    handledTwice: [...times].filter(([, count]) => count > 1).map(([number]) => number),
    outOfOrder,
    attempts: audit.flatMap(({ attempts }) => (attempts?.N === undefined ? [] : [Number(attempts.N)])),
  };
}

/** Changes that the ledger knows as settled, by all routes that were for them. */
export function settledIn(ledger: Facts['ledger']): (change: Change) => boolean {
  const eventIdOf = (id: string) => id.slice(id.lastIndexOf('#') + 1);
  const entries = ledger.map(({ id, status }) => ({ eventId: eventIdOf(id?.S ?? ''), status: status?.S }));
  const open = new Set(entries.filter(({ status }) => status !== 'COMPLETED').map(({ eventId }) => eventId));
  const known = new Set(entries.map(({ eventId }) => eventId));
  return ({ eventId }) => known.has(eventId) && !open.has(eventId);
}
