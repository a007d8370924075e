import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeInvocation } from '../../../src/local/mapping/judge-invocation.ts';

/** Of differing lengths: as text, the second would come first. */
const batch = ['900000000000000000001', '1000000000000000000002', '1000000000000000000003'] as const;

const judge = (response: unknown, reports = true) =>
  judgeInvocation(
    { kind: 'returned', response },
    { sequenceNumbers: batch, reportBatchItemFailures: reports, state: false },
  );
const failures = (...identifiers: readonly unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
const refused = { kind: 'complete-failure', functionError: null };

describe('what a response means', () => {
  it.each([
    ['null', null],
    ['an empty list', []],
    ['an empty text', ''],
    ['an empty object', {}],
    ['an object with other names', { ok: true }],
    ['no failures', { batchItemFailures: [] }],
    ['null for failures', { batchItemFailures: null }],
  ])('%s is a complete success', (_, response) => {
    expect(judge(response)).toEqual({ kind: 'complete-success' });
  });

  it.each([
    ['an identifier that is a number', failures(123)],
    ['an empty identifier', failures('')],
    ['a null identifier', failures(null)],
    ['a bad key', { batchItemFailures: [{ foo: 123 }] }],
    ['a bad key with null', { batchItemFailures: [{ foo: null }] }],
    ['a failure that is null', { batchItemFailures: [null] }],
    ['failures that are no list', { batchItemFailures: batch[0] }],
    ['an identifier of another batch', failures('5')],
    ['an identifier that is no number', failures('abc')],
    ['a good and a bad identifier', failures(batch[1], 'abc')],
    ['a text', 'done'],
    ['a number', 1],
    ['true', true],
    ['a list of something', [1]],
  ])('%s is a complete failure, without an error of the function', (_, response) => {
    expect(judge(response)).toMatchObject(refused);
  });

  it.each([
    ['the second record', failures(batch[1]), 1],
    ['the last record', failures(batch[2]), 2],
    ['the first record', failures(batch[0]), 0],
    ['two, the higher one first', failures(batch[2], batch[1]), 1],
    ['two of differing lengths', failures(batch[1], batch[0]), 0],
    ['one of them twice', failures(batch[1], batch[1]), 1],
  ])('%s named: what lies before the lowest is settled', (_, response, settled) => {
    expect(judge(response)).toEqual({ kind: 'partial-failure', settled });
  });

  it('is the same whatever order the failures are in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.bigInt(1n, 10n ** 30n), { minLength: 1, maxLength: 50 }), (numbers) => {
        const all = numbers.toSorted((a, b) => (a < b ? -1 : 1)).map(String);
        const failed = numbers.slice(0, Math.ceil(numbers.length / 2)).map(String);
        const lowest = all.findIndex((one) => failed.includes(one));
        expect(
          judgeInvocation(
            { kind: 'returned', response: failures(...failed) },
            { sequenceNumbers: all, reportBatchItemFailures: true, state: false },
          ),
        ).toEqual({
          kind: 'partial-failure',
          settled: lowest,
        });
      }),
    );
  });

  it('does not matter when failures are not to be reported', () => {
    expect(judge(failures(batch[0]), false)).toEqual({ kind: 'complete-success' });
  });

  it('does not matter when the function failed', () => {
    const error = new Error('no');
    for (const reports of [true, false])
      expect(
        judgeInvocation(
          { kind: 'function-error', reason: 'it threw', error },
          { sequenceNumbers: batch, reportBatchItemFailures: reports, state: false },
        ),
      ).toEqual({
        kind: 'complete-failure',
        functionError: 'Unhandled',
        reason: 'it threw',
        error,
      });
  });

  it.each([
    ['null', null, 'complete-failure'],
    ['an object without a state', { batchItemFailures: [] }, 'complete-failure'],
    ['a state that is no object', { state: 'x' }, 'complete-failure'],
    ['a state', { state: { sum: 1 } }, 'complete-success'],
    ['a state and failures', { state: {}, ...failures(batch[1]) }, 'partial-failure'],
  ])('%s within a tumbling window is a %s', (_, response, kind) => {
    const expected = { sequenceNumbers: batch, reportBatchItemFailures: true, state: true };
    expect(judgeInvocation({ kind: 'returned', response }, expected).kind).toBe(kind);
  });
});
