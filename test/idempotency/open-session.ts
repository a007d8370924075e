import type {
  Hold,
  Ledger,
  LedgerSession,
  RecordWork,
  SessionOptions,
} from '../../src/idempotency/session.ts';
import { systemRuntime } from '../../src/runtime.ts';

export const eventSourceArn =
  'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';

export const workOf = (eventId: string, given: Partial<RecordWork> = {}): RecordWork => ({
  consumer: 'orders',
  route: 'tell-customer',
  eventSourceArn,
  eventId,
  sequenceNumber: eventId.replaceAll(/\D/g, '') || '1',
  ...given,
});

/** One invocation's use of a ledger, `leaseMs` before Lambda ends it. */
export const openSession = (
  ledger: Ledger,
  leaseMs = 60_000,
  given: Partial<SessionOptions> = {},
): LedgerSession =>
  ledger.open({
    consumer: 'orders',
    eventSourceArn,
    sequenceNumbers: ['1'],
    runtime: systemRuntime,
    untilTimeoutMs: () => leaseMs,
    signal: new AbortController().signal,
    ...given,
  });

/** Takes the work of an event; it must be free. */
export async function holdOf(session: LedgerSession, eventId: string): Promise<Hold> {
  const taken = await session.take(workOf(eventId));
  if (taken.kind !== 'mine') throw new Error(`the work is ${taken.kind}`);
  return taken.hold;
}
