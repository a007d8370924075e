import * as fc from 'fast-check';
import type { DynamoDBRecord } from 'aws-lambda';
import { PermanentError, TransientError } from '../../src/errors.ts';
import { insertRecord, modifyRecord, removeRecord } from '../../src/testing/index.ts';

/** How a handler behaves towards one record, delivery after delivery; after the last one it succeeds. */
export type Behaviour = 'succeed' | 'permanent' | 'transient' | 'throw-odd';

export interface PlannedRecord {
  readonly record: DynamoDBRecord;
  readonly item: string;
  readonly number: string;
  readonly behaviours: readonly Behaviour[];
  readonly odd: number;
}

const behaviour = fc.constantFrom<Behaviour>('succeed', 'permanent', 'transient', 'throw-odd');

/** Any batch: up to 25 changes of up to six items, any event names, any behaviour, numbers of different lengths. */
export const anyBatch: fc.Arbitrary<readonly PlannedRecord[]> = fc
  .array(
    fc.record({
      item: fc.integer({ min: 0, max: 5 }),
      eventName: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'),
      behaviours: fc.array(behaviour, { maxLength: 4 }),
      odd: fc.nat(),
      step: fc.bigInt({ min: 1n, max: 10n ** 22n }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((plans) => {
    let sequence = 99_999_999_999_999_999_990n;
    return plans.map(({ item, eventName, behaviours, odd, step }) => {
      sequence += step;
      const number = String(sequence);
      return {
        record: recordOf(eventName, `ITEM#${item}`, number),
        item: `ITEM#${item}`,
        number,
        behaviours,
        odd,
      };
    });
  });

function recordOf(eventName: string, pk: string, sequenceNumber: string): DynamoDBRecord {
  const item = { pk, sk: 'x', value: sequenceNumber };
  switch (eventName) {
    case 'INSERT':
      return insertRecord(item, { sequenceNumber });
    case 'REMOVE':
      return removeRecord(item, { sequenceNumber });
    default:
      return modifyRecord({ oldImage: { ...item, value: 'before' }, newImage: item }, { sequenceNumber });
  }
}

const hostile = (): Error => {
  const error = new Error('x');
  Object.defineProperty(error, 'message', {
    get() {
      throw new Error('no');
    },
  });
  return error;
};

const circular = (): Error => {
  const error = new Error('circle');
  error.cause = error;
  return error;
};

const oddThings: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => 'a string',
  () => Symbol('odd'),
  () => ({ no: 'message' }),
  () => 0,
  () => Object.create(null) as unknown,
  hostile,
  circular,
  () =>
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    ),
];

/** Throws what the behaviour says. */
export function behave(behaviour: Behaviour, odd: number): void {
  switch (behaviour) {
    case 'succeed':
      return;
    case 'permanent':
      throw new PermanentError('never');
    case 'transient':
      throw new TransientError('later');
    case 'throw-odd':
      throw oddThings[odd % oddThings.length]?.();
  }
}
