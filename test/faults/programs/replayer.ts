/**
 * A replay in a process of its own, to be killed. It says `ready`, begins when it is told to, says `working` with its
 * first effect, and ends when nothing is left.
 */
import { once } from 'node:events';
import { anyItem, createHandler, createRouter, dynamoDBLedger } from 'spillway';
import type { LocalEnvironment } from '../../../src/local/index.ts';
import { replayDeadLetters } from '../../../src/replay/index.ts';
import { openStack } from '../../end-to-end/table-and-queue.ts';

export interface ReplayerOptions {
  readonly environment: LocalEnvironment;
  readonly queueUrl: string;
  readonly tables: { readonly ledger: string; readonly effects: string };
}

const { environment, queueUrl, tables } = JSON.parse(process.argv[2] ?? '') as ReplayerOptions;
const aws = openStack({ environment });
const say = (word: 'ready' | 'working') => process.stdout.write(`${word}\n`);
let isWorking = false;
const router = createRouter().onChange(
  'effect',
  anyItem<{ pk: string; n: number }>(),
  async ({ newImage }, context) => {
    if (newImage === undefined) return;
    await context.commit([
      {
        Update: {
          TableName: tables.effects,
          Key: { item: newImage.pk },
          UpdateExpression: 'SET changes = list_append(if_not_exists(changes, :none), :effect)',
          ExpressionAttributeValues: { ':none': [], ':effect': [newImage.n] },
        },
      },
    ]);
    if (!isWorking) say('working');
    isWorking = true;
  },
);
const handler = createHandler(router, {
  consumer: 'orders',
  // A claim of a process that was killed ends with this.
  ledger: dynamoDBLedger({ tableName: tables.ledger, client: aws.dynamodb, leaseSeconds: 1 }),
  deadLetters: 'off',
  log: 'off',
});

say('ready');
await once(process.stdin, 'data');
process.stdin.destroy();
const summary = await replayDeadLetters({
  queueUrl,
  handler,
  ifStale: 'run',
  visibilitySeconds: 2,
  clients: { sqs: aws.sqs, dynamodb: aws.dynamodb },
});
aws.close();
if (summary.left > 0) {
  process.stderr.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = 2;
}
