import { insertRecord, streamEvent } from 'spillway/testing';
import type { Events } from './child.ts';

/** An order that can be handled and one that cannot, neither of which any start has seen. */
export function eventsOf(start: string): Events {
  const order = {
    sk: 'SUMMARY',
    customerId: 'c-1',
    status: 'placed',
    placedOn: '2026-01-01',
    lines: { tea: 2, cup: 1 },
    totalCents: 1_450,
  };
  const ofItem = (id: string) => ({ ...order, pk: `ORDER#${id}`, orderId: id });
  return {
    good: streamEvent(insertRecord(ofItem(`${start}-good`))),
    bad: streamEvent(insertRecord({ ...ofItem(`${start}-bad`), totalCents: 'many' })),
  };
}
