import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deliveries, DeliveryEvent, NextStep } from '../../../src/local/mapping/decide-next.ts';
import { decideNext, wholeBatch } from '../../../src/local/mapping/decide-next.ts';
import type { BatchOutcome } from '../../../src/local/mapping/judge-invocation.ts';

const thrown: BatchOutcome = { kind: 'complete-failure', functionError: 'Unhandled', reason: 'it threw' };
const refused: BatchOutcome = { kind: 'complete-failure', functionError: null, reason: 'no list' };
const first: BatchOutcome = { kind: 'partial-failure', settled: 0 };
const second: BatchOutcome = { kind: 'partial-failure', settled: 1 };
const success: BatchOutcome = { kind: 'complete-success' };
const notInvoked: BatchOutcome = { kind: 'not-invoked', reason: 'throttled' };

interface Case {
  readonly it: string;
  readonly tried: number;
  readonly retries: number;
  readonly bisect?: boolean;
  readonly outcome: BatchOutcome;
  readonly next: NextStep;
}

const three = (invocations: number): Deliveries => [{ size: 3, invocations }];
const givenUp = (invocations: number, functionError: 'Unhandled' | null): NextStep => ({
  kind: 'give-up',
  records: 3,
  invocations,
  why: { condition: 'RetryAttemptsExhausted', functionError },
  left: [],
});
const again = (invocations: number): NextStep => ({ kind: 'retry', left: three(invocations) });
const on = (settled: number, left: Deliveries): NextStep => ({ kind: 'advance', settled, left });
const halved: NextStep = {
  kind: 'split',
  left: [
    { size: 2, invocations: 0 },
    { size: 1, invocations: 0 },
  ],
};

// prettier-ignore
const cases: readonly Case[] = [
  { it: 'goes on after a success', tried: 4, retries: 3, outcome: success, next: on(3, []) },
  { it: 'takes progress for progress, however often it failed', tried: 9, retries: 3, outcome: second, next: on(1, [{ size: 2, invocations: 0 }]) },
  { it: 'counts an error', tried: 0, retries: 3, outcome: thrown, next: again(1) },
  { it: 'counts a response that names the first record', tried: 0, retries: 3, outcome: first, next: again(1) },
  { it: 'counts a response that is not understood', tried: 0, retries: 3, outcome: refused, next: again(1) },
  { it: 'does not count what did not reach the function', tried: 3, retries: 3, outcome: notInvoked, next: again(3) },
  { it: 'has three retries after the first invocation', tried: 2, retries: 3, outcome: thrown, next: again(3) },
  { it: 'gives up after three retries (LS-SNAP: 3 retries, approximateInvokeCount 4)', tried: 3, retries: 3, outcome: thrown, next: givenUp(4, 'Unhandled') },
  { it: 'gives up after one retry (LS-SNAP: 1 retry, approximateInvokeCount 2)', tried: 1, retries: 1, outcome: thrown, next: givenUp(2, 'Unhandled') },
  { it: 'gives up without an error when it answered (LS-SNAP: functionError null)', tried: 3, retries: 3, outcome: first, next: givenUp(4, null) },
  { it: 'gives up at once without retries', tried: 0, retries: 0, outcome: thrown, next: givenUp(1, 'Unhandled') },
  { it: 'never gives up without a limit', tried: 99_999, retries: -1, outcome: thrown, next: again(100_000) },
  { it: 'halves after an error when bisecting, and does not count it', tried: 2, retries: 3, bisect: true, outcome: thrown, next: halved },
  { it: 'halves even where no retries are allowed', tried: 0, retries: 0, bisect: true, outcome: thrown, next: halved },
  { it: 'halves after a response that is not understood', tried: 0, retries: 3, bisect: true, outcome: refused, next: halved },
  { it: 'does not halve when the first record is named: that is no error of the function', tried: 0, retries: 3, bisect: true, outcome: first, next: again(1) },
  { it: 'cuts at the number returned when bisecting, as it does without', tried: 2, retries: 3, bisect: true, outcome: second, next: on(1, [{ size: 2, invocations: 0 }]) },
];

const rules = (maximumRetryAttempts: number, bisectBatchOnFunctionError = false) => ({
  maximumRetryAttempts,
  bisectBatchOnFunctionError,
});

describe('what a lane does next', () => {
  it.each(cases)('$it', ({ tried, retries, bisect, outcome, next }) => {
    expect(decideNext(three(tried), { kind: 'invoked', outcome }, rules(retries, bisect))).toEqual(next);
  });

  it('does not halve a single record', () => {
    const one = [{ size: 1, invocations: 0 }];
    expect(decideNext(one, { kind: 'invoked', outcome: thrown }, rules(0, true))).toMatchObject({
      kind: 'give-up',
      records: 1,
    });
  });

  it.each([
    [0, 1],
    [8, 8],
  ])('drops only the records that are too old; %i invocations are told as %i', (tried, told) => {
    expect(decideNext(three(tried), { kind: 'expired', records: 1 }, rules(3))).toEqual({
      kind: 'give-up',
      records: 1,
      invocations: told,
      why: { condition: 'RecordAgeExceeded' },
      left: [{ size: 2, invocations: tried }],
    });
  });
});

/** What a function, and time, may do to a delivery of so many records. */
const arbitraryEvent = (size: number, random: number): DeliveryEvent => {
  const choices: readonly DeliveryEvent[] = [
    { kind: 'invoked', outcome: success },
    { kind: 'invoked', outcome: thrown },
    { kind: 'invoked', outcome: refused },
    { kind: 'invoked', outcome: notInvoked },
    { kind: 'invoked', outcome: { kind: 'partial-failure', settled: Math.floor(random * 7919) % size } },
    { kind: 'expired', records: 1 + (Math.floor(random * 104_729) % size) },
  ];
  return choices[Math.floor(random * choices.length)] ?? { kind: 'invoked', outcome: success };
};

const arbitraryRules = fc.record({
  maximumRetryAttempts: fc.integer({ min: -1, max: 3 }),
  bisectBatchOnFunctionError: fc.boolean(),
});

describe('for any behaviour of the function', () => {
  it('each record ends once, in order, as settled or given up, and only the unsettled come again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        arbitraryRules,
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 400 }),
        (size, retryRules, randoms) => {
          const ended: ('settled' | 'given-up')[] = [];
          let deliveries = wholeBatch(size);
          const end = (count: number, how: 'settled' | 'given-up') => {
            for (let index = 0; index < count; index += 1) ended.push(how);
          };
          for (const random of randoms) {
            const [delivery] = deliveries;
            if (!delivery) break;
            const step = decideNext(deliveries, arbitraryEvent(delivery.size, random), retryRules);
            if (step.kind === 'advance') end(step.settled, 'settled');
            if (step.kind === 'give-up') end(step.records, 'given-up');
            deliveries = step.left;
            // What is left is exactly the rest: nothing is passed over, nothing comes twice.
            const left = deliveries.reduce((sum, one) => sum + one.size, 0);
            expect(ended.length + left).toBe(size);
            expect(deliveries.every((one) => one.size > 0)).toBe(true);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('ends, within a number of invocations that the retries bound', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (size, maximumRetryAttempts, bisectBatchOnFunctionError, randoms) => {
          let deliveries = wholeBatch(size);
          let invocations = 0;
          for (; deliveries[0]; invocations += 1) {
            const random = Number(randoms.next().value ?? 0);
            const event = arbitraryEvent(deliveries[0].size, random);
            if (event.kind === 'invoked' && event.outcome.kind === 'not-invoked') invocations -= 1;
            deliveries = decideNext(deliveries, event, {
              maximumRetryAttempts,
              bisectBatchOnFunctionError,
            }).left;
          }
          // Each record can be the first of a delivery, for as long as the retries allow, and be split off once.
          expect(invocations).toBeLessThanOrEqual(size * (maximumRetryAttempts + 1) + size);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('bisecting isolates the one record that the function cannot take, and delivers all others', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1))),
        fc.integer({ min: 0, max: 3 }),
        ([size, poison], maximumRetryAttempts) => {
          let deliveries = wholeBatch(size);
          let at = 0;
          const givenUpRecords: number[] = [];
          while (deliveries[0]) {
            const fails = at <= poison && poison < at + deliveries[0].size;
            const step = decideNext(
              deliveries,
              { kind: 'invoked', outcome: fails ? thrown : success },
              { maximumRetryAttempts, bisectBatchOnFunctionError: true },
            );
            if (step.kind === 'give-up') givenUpRecords.push(at);
            if (step.kind === 'give-up') at += step.records;
            if (step.kind === 'advance') at += step.settled;
            deliveries = step.left;
          }
          expect(givenUpRecords).toEqual([poison]);
          expect(at).toBe(size);
        },
      ),
    );
  });
});
