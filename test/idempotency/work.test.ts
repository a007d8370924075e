import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandlerIn } from '../../src/create-handler.ts';
import type { Work } from '../../src/idempotency/work.ts';
import { workId, workKey } from '../../src/idempotency/work.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import { insertRecord, lambdaContext, memoryLedger, streamEvent } from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

const eventSourceArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';
const work: Work = { consumer: 'orders', route: 'tell-customer', eventSourceArn, eventId: 'c9fb' };

/** Texts that are made to be mistaken for one another. */
const tricky = fc
  .array(fc.constantFrom('#', '%', '%23', '%25', '23', '25', 'a', ' ', '', '##', 'spillway', 'ä', '\u0000'), {
    maxLength: 4,
  })
  .map((parts) => parts.join(''));
const anyWork: fc.Arbitrary<Work> = fc.record({
  consumer: tricky,
  // A route has a name; the record that cannot be read has none.
  route: fc.oneof(
    fc.constant(null),
    tricky.filter((name) => name !== ''),
  ),
  eventSourceArn: tricky,
  eventId: tricky,
});
const sameWork = (a: Work, b: Work) => JSON.stringify(a) === JSON.stringify(b);

describe('the key of a piece of work', () => {
  it('can be read by a person', () => {
    expect(workKey(work)).toBe(`spillway#orders#tell-customer#${eventSourceArn}#c9fb`);
    expect(workKey({ ...work, route: null })).toBe(`spillway#orders##${eventSourceArn}#c9fb`);
    expect(workKey({ ...work, route: '50% #1' })).toBe(`spillway#orders#50%25 %231#${eventSourceArn}#c9fb`);
  });

  it('Promise 4: is the same for the same work, and different for different work', () => {
    fc.assert(
      fc.property(anyWork, anyWork, (one, other) => {
        expect(workKey(one) === workKey(other)).toBe(sameWork(one, other));
        expect(workId(one) === workId(other)).toBe(sameWork(one, other));
        expect(workKey({ ...one })).toBe(workKey(one));
      }),
      { numRuns: 5_000 },
    );
  });

  it('can be read back: each part stands in its place', () => {
    fc.assert(
      fc.property(anyWork, (one) => {
        const [prefix, ...parts] = workKey(one)
          .split('#')
          .map((part) => part.replaceAll('%23', '#').replaceAll('%25', '%'));
        expect(prefix).toBe('spillway');
        expect(parts).toEqual([one.consumer, one.route ?? '', one.eventSourceArn, one.eventId]);
      }),
    );
  });

  it('has an id of 64 hex digits', () => {
    fc.assert(
      fc.property(anyWork, (one) => {
        expect(workId(one)).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });

  it('Promise 9: holds no attribute value, and is the one that the handler is given the id of', async () => {
    const ids: string[] = [];
    const router = createRouter().onInsert('tell-customer', anyItem(), (_, { idempotencyKey }) => {
      ids.push(idempotencyKey);
    });
    const ledger = memoryLedger();
    const handler = createHandlerIn(instantRuntime(), router, {
      ledger,
      deadLetters: 'off',
      consumer: 'orders',
      log: 'off',
    });
    const record = insertRecord({ id: 'S3CRET', card: 'S3CRET' }, { eventId: 'c9fb' });
    await handler(streamEvent(record), lambdaContext());
    expect([...ledger.entries.keys()]).toEqual([workKey(work)]);
    expect(ids).toEqual([workId(work)]);
    expect([...ledger.entries.keys()].join()).not.toContain('S3CRET');
  });
});
