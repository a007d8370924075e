import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StreamHandler } from '../../src/create-handler.ts';
import { createHandlerIn } from '../../src/create-handler.ts';
import { dynamoDBLedger } from '../../src/idempotency/dynamodb-ledger.ts';
import type { RecordEvent } from '../../src/processing/observer.ts';
import type { OutcomeName } from '../../src/processing/outcome.ts';
import type { BatchResponse } from '../../src/reporting/batch-response.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { RouteContext } from '../../src/routing/route.ts';
import type { Runtime } from '../../src/runtime.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { insertRecord } from '../../src/testing/index.ts';
import { deliverUntilSettled } from '../promises/lambda-model.ts';

/** A change of an item: its n-th, from 1. */
export interface TestChange {
  readonly pk: string;
  readonly n: number;
}

export const guarantees = ['claim', 'record', 'checkpoint'] as const;
export type Guarantee = (typeof guarantees)[number];

export interface WorkOffOptions {
  readonly guarantee: Guarantee;
  readonly ledgerTable: string;
  /** By which the ledger is reached. */
  readonly client: DynamoDBClient;
  readonly records: readonly DynamoDBRecord[];
  /** What the route does when its run is in the log. */
  readonly effect: (change: TestChange, context: RouteContext) => Promise<void>;
  /** The time of an invocation. */
  readonly remainingMs: number;
  /** Told when a delivery has ended, before the next begins. */
  readonly onDelivered?: (delivery: number) => Promise<void>;
}

/** What happened to a change: it was run, or the handler told what became of it in a delivery (from 1). */
export type LogEntry = TestChange & { readonly delivery: number } & (
    | { readonly kind: 'run' }
    | { readonly kind: 'told'; readonly outcome: OutcomeName; readonly error: unknown }
  );

export interface WorkedOff {
  /** How many deliveries it took. */
  readonly deliveries: number;
  readonly log: readonly LogEntry[];
}

export const batchSize = 10;
const deadlineMarginMs = 100;
const mostDeliveries = 200;

/** The changes of some items, the first of each, then the second of each, and so on. */
export const changesOf = (items: readonly string[], changesPerItem: number): readonly TestChange[] =>
  Array.from({ length: changesPerItem }, (_, index) => items.map((pk) => ({ pk, n: index + 1 }))).flat();

export const recordsOf = (changes: readonly TestChange[]): readonly DynamoDBRecord[] =>
  changes.map((change) => insertRecord({ ...change }));

/**
 * The clock of the machine, with back-offs that take a fiftieth of what they are: a word that has no time for the next one
 * is given up as it would be, and nobody waits for those that have.
 */
const hurried: Runtime = { ...systemRuntime, sleep: (ms, signal) => systemRuntime.sleep(ms / 50, signal) };

const ledgerOptions = {
  // Long enough for a claim whose owner lives, short enough to wait for one whose owner gave up.
  claim: { guarantee: 'claim', leaseSeconds: 1 },
  record: { guarantee: 'record' },
  checkpoint: { guarantee: 'checkpoint', flushMs: 50 },
} as const;

/** Delivers the records as Lambda would until nothing is named any more. */
export async function workOff(options: WorkOffOptions): Promise<WorkedOff> {
  const { guarantee, ledgerTable, client, records, effect, remainingMs, onDelivered } = options;
  const log: LogEntry[] = [];
  let delivery = 1;
  const changeOf = new Map(records.map((record) => [record.dynamodb?.SequenceNumber, readChange(record)]));
  const tell = ({ sequenceNumber, outcome, routes }: RecordEvent): void => {
    const change = changeOf.get(sequenceNumber);
    if (change !== undefined)
      log.push({ ...change, delivery, kind: 'told', outcome, error: routes[0]?.error });
  };
  const router = createRouter().onInsert('effect', anyItem<TestChange>(), ({ newImage }, context) => {
    const { pk, n } = newImage;
    log.push({ pk, n, delivery, kind: 'run' });
    return effect({ pk, n }, context);
  });
  const handler = createHandlerIn(hurried, router, {
    ledger: dynamoDBLedger({ tableName: ledgerTable, client, ...ledgerOptions[guarantee] }),
    deadLetters: 'off',
    consumer: 'faults',
    retry: { baseDelayMs: 1, maxDelayMs: 20 },
    deadlineMarginMs,
    log: 'off',
    observers: [{ onRecord: tell }],
  });
  const paced = async (...given: Parameters<StreamHandler>): Promise<BatchResponse> => {
    let isSettled = false;
    try {
      const response = await handler(...given);
      isSettled = response.batchItemFailures.length === 0;
      return response;
    } finally {
      await onDelivered?.(delivery);
      delivery += 1;
      // Lambda waits too, and what is held needs its lease to end.
      if (!isSettled) await wait(20);
    }
  };
  const deliveries = await deliverUntilSettled(Object.assign(paced, { routes: handler.routes }), records, {
    deliveries: mostDeliveries,
    batchSize,
    remainingMs,
  });
  return { deliveries: deliveries.length, log };
}

function readChange({ dynamodb }: DynamoDBRecord): TestChange {
  const { pk, n } = dynamodb?.NewImage ?? {};
  return { pk: pk?.S ?? '', n: Number(n?.N) };
}
