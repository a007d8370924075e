import { describe, expect, it } from 'vitest';
import { createHandlerIn } from '../../src/create-handler.ts';
import type { DeadLetters } from '../../src/dead-letter/letter.ts';
import { PermanentError } from '../../src/errors.ts';
import type { Observer } from '../../src/processing/observer.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

const poisoned = createRouter().onInsert('poison', anyItem(), () => {
  throw new PermanentError('never');
});

const poison = () => insertRecord({ pk: 'A', sk: 'x' });

const handlerWith = (deadLetters: DeadLetters | 'off', observers: readonly Observer[] = []) =>
  createHandlerIn(instantRuntime(), poisoned, {
    consumer: 'test',
    ledger: memoryLedger(),
    log: 'off',
    deadLetters,
    observers,
  });

describe('Promise 3: letter first', () => {
  it('Promise 3: a record is not passed over while its letter is on its way', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const handler = handlerWith({
      send: async () => {
        await promise;
      },
    });
    let answered = false;
    const response = handler(streamEvent(poison()), lambdaContext()).finally(() => {
      answered = true;
    });
    await new Promise((turn) => setTimeout(turn, 20));
    expect(answered).toBe(false);
    resolve(undefined);
    expect(await response).toEqual({ batchItemFailures: [] });
  });

  it('Promise 3: a record whose letter the queue refuses is failed, and its claim is free for the next delivery', async () => {
    const memory = memoryDeadLetters();
    let refusals = 0;
    const handler = handlerWith({
      send(letter) {
        refusals += 1;
        return refusals <= 3 ? Promise.reject(new Error('the queue is full')) : memory.send(letter);
      },
    });
    const event = streamEvent(poison());
    expect(await handler(event, lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: event.Records[0]?.dynamodb?.SequenceNumber }],
    });
    expect(refusals).toBe(3);
    expect(await handler(event, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(memory.letters).toHaveLength(1);
  });

  it('Promise 3: with dead letters switched off a record that cannot be handled stays in the stream', async () => {
    const outcomes: string[] = [];
    const handler = handlerWith('off', [{ onRecord: ({ outcome }) => outcomes.push(outcome) }]);
    const response = await handler(streamEvent(poison()), lambdaContext());
    expect(response.batchItemFailures).toHaveLength(1);
    expect(outcomes).toEqual(['failed']);
  });
});
