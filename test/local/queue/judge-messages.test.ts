import { describe, expect, it } from 'vitest';
import { judgeMessages } from '../../../src/local/queue/judge-messages.ts';

const ids = ['a', 'b', 'c'];
const judge = (response: unknown, isReporting = true) => {
  const { outcome, done } = judgeMessages({ kind: 'returned', response }, ids, isReporting);
  return [outcome.kind, [...done].join('')];
};
const failed = (...named: readonly unknown[]) => ({
  batchItemFailures: named.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch of messages', () => {
  it.each([[null], [undefined], [''], [{}], [{ batchItemFailures: [] }], [{ batchItemFailures: null }]])(
    'is done after the response %j',
    (response) => {
      expect(judge(response)).toEqual(['complete-success', 'abc']);
    },
  );

  it.each([
    ['a text', 'no'],
    ['a failure without a name', { batchItemFailures: [{}] }],
    ['an empty name', failed('')],
    ['a name that is null', failed(null)],
    ['another key', { batchItemFailures: [{ id: 'a' }] }],
    ['a message that is not of the batch', failed('a', 'z')],
    ['failures that are no list', { batchItemFailures: 'a' }],
  ])('comes again as a whole after %s', (_, response) => {
    expect(judge(response)).toEqual(['complete-failure', '']);
  });

  it('comes again in just those that are named, wherever they stand and however often', () => {
    expect(judge(failed('b'))).toEqual(['partial-failure', 'ac']);
    expect(judge(failed('c', 'a', 'c'))).toEqual(['partial-failure', 'b']);
    expect(judge(failed('a', 'b', 'c'))).toEqual(['partial-failure', '']);
  });

  it('is done whatever the response says if it is not asked for', () => {
    expect(judge(failed('b'), false)).toEqual(['complete-success', 'abc']);
  });

  it('comes again if the function failed, or was not reached', () => {
    const error = judgeMessages({ kind: 'function-error', reason: 'no' }, ids, true);
    expect([error.outcome.kind, error.done.size]).toEqual(['complete-failure', 0]);
    const busy = judgeMessages({ kind: 'not-invoked', reason: 'no' }, ids, true);
    expect([busy.outcome.kind, busy.done.size]).toEqual(['not-invoked', 0]);
  });
});
