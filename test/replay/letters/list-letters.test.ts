import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Letter } from '../../../src/dead-letter/letter.ts';
import { listDeadLetters } from '../../../src/replay/letters/list-letters.ts';
import { createMessageReader } from '../../../src/replay/reading/read-message.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import { memoryQueue } from './memory-queue.ts';

const readMessage = createMessageReader();

const lettersAt = (minutes: readonly number[]): readonly Letter[] =>
  minutes.map((minute, index) => ({
    ...letterFor(insertRecord({ pk: `ORDER#${index}` }), { route: `route-${minute % 3}` }),
    failedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
  }));
const queueOf = (letters: readonly Letter[], url?: string) =>
  memoryQueue(
    letters.map((letter, index) => ({ id: `m${index}`, body: JSON.stringify(letter) })),
    url === undefined ? {} : { url },
  );

describe('a list of dead letters', () => {
  it('has the oldest rows, and counts all, whatever the order in the queue', async () => {
    const minutes = fc.array(fc.nat(59), { maxLength: 350 });
    await fc.assert(
      fc.asyncProperty(minutes, fc.integer({ min: 1, max: 60 }), async (given, limit) => {
        const list = await listDeadLetters({ queue: queueOf(lettersAt(given)), readMessage, limit });
        const shown = list.rows.map(({ facts }) => new Date(facts.givenUpAtMs).getUTCMinutes());
        expect(shown).toEqual(given.toSorted((a, b) => a - b).slice(0, limit));
        expect(list.selected).toBe(given.length);
        expect(list.totals.reduce((sum, { messages }) => sum + messages, 0)).toBe(given.length);
      }),
      { numRuns: 20 },
    );
  });

  it('names a message by as much of its id as is its alone, and one that lies there twice by the message', async () => {
    const [one, other] = lettersAt([1, 2]);
    if (one === undefined || other === undefined) throw new Error('there are two');
    const list = await listDeadLetters({ queue: queueOf([one, other, one]), readMessage });
    expect(list.rows.map(({ shortId }) => shortId)).toEqual(
      expect.arrayContaining(['m0', 'm2', other.id.slice(0, 12)]),
    );
  });

  it('says of a FIFO queue that there may be more', async () => {
    const url = 'https://sqs.us-east-1.amazonaws.com/123456789012/dead.fifo';
    const queue = queueOf(lettersAt([1, 2]), url);
    const facts = async () => ({ ...(await queueOf(lettersAt([1, 2])).facts()), visible: 40 });
    expect((await listDeadLetters({ queue: { ...queue, facts }, readMessage })).isAtLeast).toBe(true);
    expect((await listDeadLetters({ queue, readMessage })).isAtLeast).toBe(false);
  });
});
