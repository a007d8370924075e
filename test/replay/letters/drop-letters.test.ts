import { describe, expect, it } from 'vitest';
import type { Letter } from '../../../src/dead-letter/letter.ts';
import type { DropOptions } from '../../../src/replay/letters/drop-letters.ts';
import { dropDeadLetters } from '../../../src/replay/letters/drop-letters.ts';
import { createMessageReader } from '../../../src/replay/reading/read-message.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import type { Lying } from './memory-queue.ts';
import { bodies, memoryQueue } from './memory-queue.ts';

const parkedLetter: Letter = {
  ...letterFor(insertRecord({ pk: 'ORDER#1' }, { sequenceNumber: '123' }), { reason: 'parked' }),
  parked: { lane: 'lane', place: 1 },
};
const parked: Lying = { id: 'parked', body: JSON.stringify(parkedLetter) };

function drop(
  messages: readonly Lying[],
  options: Partial<DropOptions> = {},
  keepDeleted?: (id: string) => boolean,
) {
  const queue = memoryQueue(messages, keepDeleted ? { keepDeleted } : {});
  const written: string[] = [];
  const dropping = dropDeadLetters({
    queue,
    readMessage: createMessageReader(),
    selection: {},
    backUp: (text) => {
      written.push(...text.split('\n').slice(0, -1));
      return Promise.resolve();
    },
    ...options,
  });
  return { queue, written, dropping };
}

describe('dropping dead letters', () => {
  it('writes each message before it deletes it', async () => {
    const { queue, written, dropping } = drop(bodies(35));
    expect(await dropping).toEqual({
      meant: 35,
      dropped: 35,
      parked: 0,
      notDeleted: 0,
      isConfirmed: true,
      end: 'drained',
    });
    expect(queue.all()).toEqual([]);
    const back = written.map((line) => (JSON.parse(line) as { readonly body: string }).body);
    expect(back.toSorted()).toEqual(
      bodies(35)
        .map(({ body }) => body)
        .toSorted(),
    );
  });

  it('deletes nothing that could not be written, and gives it back', async () => {
    const { queue, dropping } = drop(bodies(35), {
      backUp: () => Promise.reject(new Error('the disk is full')),
    });
    await expect(dropping).rejects.toThrow('the disk is full');
    expect(queue.visible()).toHaveLength(35);
  });

  it('asks with the count, and does nothing without a yes', async () => {
    const asked: unknown[] = [];
    const confirm = (counts: unknown) => {
      asked.push(counts);
      return Promise.resolve(false);
    };
    const { queue, written, dropping } = drop([...bodies(12), parked], { confirm });
    expect(await dropping).toMatchObject({ dropped: 0, meant: 12, isConfirmed: false });
    expect(asked).toEqual([{ messages: 12, parked: 1 }]);
    expect(written).toEqual([]);
    expect(queue.visible()).toHaveLength(13);
  });

  it('does not drop what came after the count', async () => {
    const messages = [...bodies(12)];
    const first = memoryQueue(messages);
    const later = memoryQueue([...messages, { id: 'new', body: 'came later' }]);
    let isAsked = false;
    const queue = {
      ...later,
      receive: (options: Parameters<typeof later.receive>[0]) => (isAsked ? later : first).receive(options),
      keep: (receipts: readonly string[], seconds: number) =>
        (isAsked ? later : first).keep(receipts, seconds),
    };
    const confirm = () => {
      isAsked = true;
      return Promise.resolve(true);
    };
    const { dropping } = drop([], { queue, confirm });
    expect(await dropping).toMatchObject({ dropped: 12 });
    expect(later.visible()).toEqual(['new']);
  });

  it('leaves letters of parked items, and says how many', async () => {
    const { queue, dropping } = drop([...bodies(3), parked]);
    expect(await dropping).toMatchObject({ dropped: 3, parked: 1 });
    expect(queue.visible()).toEqual(['parked']);
  });

  it('tells of a letter of a parked item after it is written and before it is deleted, if these are meant too', async () => {
    const order: string[] = [];
    const { queue, dropping } = drop([parked], {
      backUp: () => {
        order.push('written');
        return Promise.resolve();
      },
      leaveParking: ({ id }) => {
        order.push(id === parkedLetter.id ? `told while ${queue.all().length} is there` : 'another');
        return Promise.resolve();
      },
    });
    expect(await dropping).toMatchObject({ dropped: 1, parked: 0 });
    expect(order).toEqual(['written', 'told while 1 is there']);
    expect(queue.all()).toEqual([]);
  });

  it('leaves a letter whose item could not be told', async () => {
    const events: unknown[] = [];
    const { queue, dropping } = drop([parked, ...bodies(2)], {
      leaveParking: () => Promise.reject(new Error('no ledger')),
      onEvent: (event) => void events.push(event.kind),
    });
    expect(await dropping).toMatchObject({ dropped: 2, notDeleted: 1 });
    expect(queue.visible()).toEqual(['parked']);
    expect(events).toContain('kept');
  });

  it('says what SQS did not delete', async () => {
    const { dropping } = drop(bodies(5), {}, (id) => id === 'm2');
    expect(await dropping).toMatchObject({ dropped: 4, notDeleted: 1 });
  });
});
