/**
 * A consumer in a process of its own, to be killed. It says `ready`, begins when it is told to, says `working` with its
 * first effect, and ends when it is caught up.
 */
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { anyItem, createHandler, createRouter, dynamoDBLedger } from 'spillway';
import type { Checkpoints, LocalEnvironment } from '../../../src/local/index.ts';
import { startEventSourceMapping } from '../../../src/local/index.ts';
import { isSettled } from '../../../src/processing/outcome.ts';
import { openStack } from '../../end-to-end/table-and-queue.ts';
import type { Guarantee } from '../work-off.ts';

export interface ConsumerOptions {
  readonly environment: LocalEnvironment;
  readonly streamArn: string;
  readonly guarantee: Guarantee;
  /** Whether the effect is committed together with its completion. */
  readonly commits: boolean;
  readonly tables: { readonly ledger: string; readonly effects: string };
  /** Where the mapping's checkpoints outlive the process. */
  readonly checkpointFile: string;
  /** Takes a line, the event id, for each time that a record has run and is told as not settled. */
  readonly unsettledFile: string;
}

/** How one effect looks in the list of its item. */
export interface Effect {
  readonly n: number;
  readonly eventId: string;
}

const options = JSON.parse(process.argv[2] ?? '') as ConsumerOptions;
const { environment, streamArn, guarantee, commits, tables, checkpointFile, unsettledFile } = options;
const aws = openStack({ environment });

const say = (word: 'ready' | 'working' | 'caught up') => process.stdout.write(`${word}\n`);
let isWorking = false;
const router = createRouter().onChange(
  'effect',
  anyItem<{ pk: string; n: number }>(),
  async ({ newImage, eventId }, context) => {
    if (newImage === undefined) return;
    const append = {
      TableName: tables.effects,
      UpdateExpression: 'SET changes = list_append(if_not_exists(changes, :none), :effect)',
    };
    const key = { item: newImage.pk };
    const values = { ':none': [], ':effect': [{ n: newImage.n, eventId }] satisfies readonly Effect[] };
    if (commits)
      await context.commit([{ Update: { ...append, Key: key, ExpressionAttributeValues: values } }]);
    else
      await aws.dynamodb.send(
        new UpdateItemCommand({
          ...append,
          Key: marshall(key),
          ExpressionAttributeValues: marshall(values),
        }),
      );
    if (!isWorking) say('working');
    isWorking = true;
  },
);
const handler = createHandler(router, {
  consumer: 'killed',
  ledger: dynamoDBLedger({ tableName: tables.ledger, client: aws.dynamodb, guarantee }),
  deadLetters: 'off',
  deadlineMarginMs: 100,
  log: 'off',
  observers: [
    {
      onRecord({ outcome, eventId, routes }) {
        const hasRun = routes.some(({ attempts }) => attempts > 0);
        if (hasRun && !isSettled(outcome)) appendFileSync(unsettledFile, `${eventId}\n`);
      },
    },
  ],
});

say('ready');
await once(process.stdin, 'data');
process.stdin.destroy();

let keepCheckpoints = (): void => undefined;
const mapping = await startEventSourceMapping({
  EventSourceArn: streamArn,
  StartingPosition: 'TRIM_HORIZON',
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  stack: { environment },
  invoke: handler,
  BatchSize: 100,
  // A claim of a process that was killed ends with this.
  timeoutMs: 400,
  retry: { baseDelayMs: 10, maxDelayMs: 50 },
  ...(existsSync(checkpointFile) && {
    resumeFrom: JSON.parse(readFileSync(checkpointFile, 'utf8')) as Checkpoints,
  }),
  onInvocation: () => keepCheckpoints(),
});
// Lambda's mapping is another machine, and does not die with the function. Half a file would be no checkpoint.
keepCheckpoints = () => {
  writeFileSync(`${checkpointFile}.new`, JSON.stringify(mapping.checkpoints()));
  renameSync(`${checkpointFile}.new`, checkpointFile);
};
await mapping.untilCaughtUp();
await mapping.stop();
aws.close();
say('caught up');
