import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandlerIn } from '../../src/create-handler.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

function stage() {
  const handled: unknown[] = [];
  const deadLetters = memoryDeadLetters();
  const router = createRouter().onChange('all', anyItem(), ({ keys, newImage, oldImage }) => {
    handled.push({ keys, newImage, oldImage });
  });
  const ledger = memoryLedger();
  const handler = createHandlerIn(instantRuntime(), router, { ledger, deadLetters, log: 'off' });
  return { handler, handled, deadLetters };
}

/** Parts of a record beside its event source and its sequence number, without which the whole batch is refused. */
const parts = [
  'eventID',
  'eventName',
  'awsRegion',
  'eventSourceARN',
  'userIdentity',
  'eventVersion',
] as const;
const streamParts = ['Keys', 'NewImage', 'OldImage', 'ApproximateCreationDateTime', 'SizeBytes'] as const;

const json = fc.jsonValue({ maxDepth: 3 });
const spoil = fc.oneof(
  fc.record({ part: fc.constantFrom(...parts), value: json }),
  fc.record({ streamPart: fc.constantFrom(...streamParts), value: json }),
);
type Spoil = typeof spoil extends fc.Arbitrary<infer Value> ? Value : never;

function spoiled(record: RawRecord, spoils: readonly Spoil[]): RawRecord {
  return spoils.reduce<RawRecord>(
    (sofar, one) =>
      'part' in one
        ? { ...sofar, [one.part]: one.value }
        : { ...sofar, dynamodb: { ...sofar.dynamodb, [one.streamPart]: one.value } },
    record,
  );
}

describe('a record with odd parts', () => {
  it('Promise 6: is handled or gets a letter, and its neighbours are handled, whatever stands in its frame', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(spoil, { minLength: 1, maxLength: 3 }), async (spoils) => {
        const { handler, handled, deadLetters } = stage();
        const odd = spoiled(insertRecord({ id: 'odd' }), spoils);
        const before = JSON.stringify(odd);
        const event = streamEvent(insertRecord({ id: 'before' }), odd, insertRecord({ id: 'after' }));
        const response = await handler(event, lambdaContext());
        expect(response).toEqual({ batchItemFailures: [] });
        expect(handled.length + deadLetters.letters.length).toBe(3);
        expect(handled).toContainEqual(expect.objectContaining({ keys: { id: 'before' } }));
        expect(handled).toContainEqual(expect.objectContaining({ keys: { id: 'after' } }));
        for (const letter of deadLetters.letters) {
          expect(letter.reason).toBe('unreadable');
          expect(JSON.stringify(letter.record)).toBe(before);
        }
        expect(JSON.stringify(odd)).toBe(before);
      }),
      { numRuns: 400 },
    );
  });

  it('Promise 1: two records with empty event ids are two records', async () => {
    const { handler, handled } = stage();
    const event = streamEvent(
      insertRecord({ id: 'a' }, { eventId: '' }),
      insertRecord({ id: 'b' }, { eventId: '' }),
    );
    await handler(event, lambdaContext());
    expect(handled).toHaveLength(2);
  });

  it('Promise 1: two unreadable records with empty event ids get two letters', async () => {
    const { handler, deadLetters } = stage();
    const bad = (id: string) =>
      spoiled(insertRecord({ id }, { eventId: '' }), [{ streamPart: 'Keys', value: {} }]);
    await handler(streamEvent(bad('a'), bad('b')), lambdaContext());
    expect(deadLetters.letters).toHaveLength(2);
  });
});
