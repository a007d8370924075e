import { describe, expect, it } from 'vitest';
import type { QueueMessage } from '../../../src/replay/queue/queue.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { surveyQueue } from '../../../src/replay/queue/survey-queue.ts';
import { bodies, memoryQueue } from './memory-queue.ts';

/** Sees all, and gives all back. */
function watcher() {
  const seen: string[] = [];
  return {
    seen,
    visit: (messages: readonly QueueMessage[]) => {
      seen.push(...messages.map(({ id }) => id));
      return Promise.resolve(messages);
    },
  };
}

const ids = (count: number) => bodies(count).map(({ id }) => id);

describe('a survey of a queue', () => {
  it('sees every message once and gives all back', async () => {
    const queue = memoryQueue(bodies(137));
    const { seen, visit } = watcher();
    const progress: number[] = [];
    const survey = await surveyQueue({ queue, visit, onSeen: (count) => progress.push(count) });
    expect(survey).toEqual({ seen: 137, end: 'drained', notGivenBack: 0 });
    expect(seen.toSorted()).toEqual(ids(137).toSorted());
    expect(queue.visible()).toHaveLength(137);
    expect(progress.at(-1)).toBe(137);
  });

  it('sees a message once that the queue hands out again, and gives it back by its newest receipt', async () => {
    const queue = memoryQueue(bodies(25), {
      onReceive: (count, { expireAll }) => {
        if (count === 2) expireAll();
      },
    });
    const { seen, visit } = watcher();
    const survey = await surveyQueue({ queue, visit });
    expect(survey).toMatchObject({ seen: 25, notGivenBack: 0 });
    expect(seen.toSorted()).toEqual(ids(25).toSorted());
    expect(queue.visible()).toHaveLength(25);
  });

  it('ends although messages come again and again', async () => {
    const queue = memoryQueue(bodies(25), { onReceive: (_, { expireAll }) => expireAll() });
    const { seen, visit } = watcher();
    await surveyQueue({ queue, visit });
    expect(new Set(seen).size).toBe(seen.length);
    expect(queue.receives()).toBeLessThan(100);
  });

  it('gives all back when it is interrupted', async () => {
    const interrupted = new AbortController();
    const queue = memoryQueue(bodies(500), {
      onReceive: (count) => {
        if (count === 15) interrupted.abort();
      },
    });
    const { seen, visit } = watcher();
    const survey = await surveyQueue({ queue, visit, signal: interrupted.signal });
    expect(survey.end).toBe('interrupted');
    expect(seen.length).toBeLessThan(500);
    expect(queue.visible()).toHaveLength(500);
  });

  it('gives all back when receiving fails, and fails as that did', async () => {
    const queue = memoryQueue(bodies(500), {
      onReceive: (count) => {
        if (count === 15) throw new Error('no rights any more');
      },
    });
    await expect(surveyQueue({ queue, visit: watcher().visit })).rejects.toThrow('no rights any more');
    expect(queue.visible()).toHaveLength(500);
  });

  it('gives all back when what looks at the messages fails', async () => {
    const queue = memoryQueue(bodies(60));
    const visit = () => Promise.reject(new Error('the disk is full'));
    await expect(surveyQueue({ queue, visit })).rejects.toThrow('the disk is full');
    expect(queue.visible()).toHaveLength(60);
  });

  it('keeps what is not to be given back', async () => {
    const queue = memoryQueue(bodies(30));
    const visit = (messages: readonly QueueMessage[]) =>
      Promise.resolve(messages.filter(({ id }) => id !== 'm7'));
    await surveyQueue({ queue, visit });
    expect(queue.visible()).toEqual(ids(30).filter((id) => id !== 'm7'));
  });

  it('keeps from others what it holds for as long as it reads, and for a minute at a time', async () => {
    const runtime = instantRuntime();
    const kept: (readonly [number, number])[] = [];
    const queue = memoryQueue(bodies(300), {
      onReceive: () => runtime.advance(20_000),
    });
    const keep = (receipts: readonly string[], seconds: number) => {
      kept.push([receipts.length, seconds]);
      return queue.keep(receipts, seconds);
    };
    const visit = async (messages: readonly QueueMessage[]) => {
      await new Promise(setImmediate);
      return messages;
    };
    await surveyQueue({ queue: { ...queue, keep }, runtime, visit });
    expect(kept.at(-1)).toEqual([300, 0]);
    const prolonged = kept.slice(0, -1);
    expect(prolonged.length).toBeGreaterThan(0);
    expect(new Set(prolonged.map(([, seconds]) => seconds))).toEqual(new Set([60]));
  });

  it('ends soon after an interruption though the queue does not answer', async () => {
    const runtime = instantRuntime();
    const interrupted = new AbortController();
    const queue = memoryQueue(bodies(5));
    const receive: typeof queue.receive = ({ signal }) => {
      const { promise, resolve } = Promise.withResolvers<readonly []>();
      signal?.addEventListener('abort', () => resolve([]));
      return promise;
    };
    const { signal } = interrupted;
    const survey = surveyQueue({ queue: { ...queue, receive }, runtime, signal, visit: watcher().visit });
    interrupted.abort();
    runtime.advance(2_000);
    expect(await survey).toMatchObject({ seen: 0, end: 'interrupted' });
  });

  it('stops before more are held than SQS allows', async () => {
    const queue = memoryQueue(bodies(500));
    const survey = await surveyQueue({ queue, visit: watcher().visit, mostHeld: 100 });
    expect(survey.end).toBe('crowded');
    expect(survey.seen).toBeLessThanOrEqual(200);
    expect(queue.visible()).toHaveLength(500);
  });
});
