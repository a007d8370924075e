/** A consumer in a process of its own, to be killed: appends every change to its item's effects, and ends when caught up. */
import { anyItem, createHandler, createRouter, dynamoDBLedger } from 'spillway';
import type { LocalEnvironment } from '../../../src/local/index.ts';
import { startEventSourceMapping } from '../../../src/local/index.ts';
import { openStack } from '../table-and-queue.ts';

const { environment, streamArn } = JSON.parse(process.argv[2] ?? '') as {
  readonly environment: LocalEnvironment;
  readonly streamArn: string;
};
const aws = openStack({ environment });
const router = createRouter().onChange(
  'effect',
  anyItem<{ pk: string; n: number }>(),
  async ({ newImage }) => {
    if (newImage !== undefined) await aws.append('Effects', newImage.pk, newImage.n);
  },
);
const handler = createHandler(router, {
  consumer: 'killed',
  ledger: dynamoDBLedger({ tableName: 'Ledger', client: aws.dynamodb }),
  deadLetters: 'off',
  deadlineMarginMs: 100,
  log: 'off',
});
const mapping = await startEventSourceMapping({
  EventSourceArn: streamArn,
  StartingPosition: 'TRIM_HORIZON',
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  stack: { environment },
  invoke: handler,
  BatchSize: 100,
  // A claim of a process that was killed ends with this.
  timeoutMs: 1_000,
  retry: { baseDelayMs: 20, maxDelayMs: 100 },
});
process.stdout.write('started\n');
await mapping.untilCaughtUp();
await mapping.stop();
aws.close();
process.stdout.write('caught up\n');
