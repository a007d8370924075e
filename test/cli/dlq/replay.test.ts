import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReplayOptions } from '../../../src/replay/replay-dead-letters.ts';
import type { ReplaySummary } from '../../../src/replay/engine/run-options.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import { makeQueue, sqsClient, takeMessages } from '../../dead-letter/queues.ts';
import { dynamoDBClient, makeTable } from '../../idempotency/tables.ts';
import type { RunOptions } from './dlq-session.ts';
import { runDlq } from './dlq-session.ts';
import { pointerBody, sendBody, sendLetters } from './filled-queue.ts';

let stack: LocalStack;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  [sqs, dynamodb] = [sqsClient(stack), dynamoDBClient(stack)];
  await makeTable(dynamodb, 'Shop', ['pk']);
});
afterAll(async () => {
  sqs.destroy();
  dynamodb.destroy();
  await stack.stop();
});

const notes = globalThis as { handledInReplay?: (readonly [object, ...string[]])[] };
beforeEach(() => {
  notes.handledInReplay = [];
});
const handled = () => (notes.handledInReplay ?? []).map(([keys]) => (keys as { readonly pk: string }).pk);

let written = 0;
/** A letter of an item that lies in its table as it was after the change. */
async function letterOf(pk: string) {
  await dynamodb.send(new PutItemCommand({ TableName: 'Shop', Item: marshall({ pk }) }));
  written += 1;
  return letterFor(
    insertRecord({ pk }, { sequenceNumber: String(100_000_000_000_000_000_000n + BigInt(written)) }),
  );
}

const atEndpoint = (url: string) => `${stack.environment.AWS_ENDPOINT_URL_SQS}${new URL(url).pathname}`;

const handler = `${import.meta.dirname}/handlers/orders.ts`;
const replay = (queue: string, args: readonly string[], options: RunOptions = {}) =>
  runDlq(['replay', '--queue', queue, ...args], { stack, ...options });

describe('spillway dlq replay', () => {
  it('runs letters by a handler here, and deletes what is settled', async () => {
    const url = await makeQueue(sqs, 'replay-all');
    await sendLetters(sqs, url, await letterOf('A'), await letterOf('B'));
    const run = await replay(url, ['--handler', handler, '--consumer', 'orders']);
    expect(handled().toSorted()).toEqual(['A', 'B']);
    // The host of the URL that a local queue tells is one that nobody may resolve.
    expect(notes.handledInReplay?.[0]?.slice(1)).toEqual(['orders', atEndpoint(url)]);
    expect(process.env['SPILLWAY_CONSUMER']).toBeUndefined();
    expect(
      run
        .lines()
        .slice(0, 2)
        .map((line) => line.split('\t')),
    ).toEqual([
      ['route', 'settled', 'failed', 'stale', 'blocked', 'left', 'most frequent errors'],
      ['tell-customer', '2', '0', '0', '0', '0', ''],
    ]);
    expect(run.lines().at(-1)).toMatch(/^2 of 2 messages settled in \d+ s; nothing is left\.$/);
    expect(run.status()).toBeUndefined();
    expect(await takeMessages(sqs, url)).toEqual([]);
  });

  it('has the status 1 if something is left, and shows no data of it', async () => {
    const url = await makeQueue(sqs, 'replay-bad');
    await sendLetters(sqs, url, await letterOf('BAD'), await letterOf('C'));
    const run = await replay(url, ['--handler', handler]);
    expect(run.status()).toBe(1);
    expect(run.lines()[1]?.split('\t')).toEqual([
      'tell-customer',
      '1',
      '1',
      '0',
      '0',
      '1',
      'PermanentError (1)',
    ]);
    expect(run.told()).toMatch(
      /failed {2}[0-9a-f]{12} {2}Shop {2}INSERT {2}tell-customer {2}\d+ {2}pk=… {2}PermanentError\n/,
    );
    expect(run.told() + run.lines().join()).not.toContain('secret');
    expect(run.lines().at(-1)).toContain('--show-errors shows it');
    expect(await takeMessages(sqs, url)).toHaveLength(1);
  });

  it('shows the words of errors if they are asked for', async () => {
    const url = await makeQueue(sqs, 'replay-words');
    await sendLetters(sqs, url, await letterOf('BAD'));
    const run = await replay(url, ['--handler', handler, '--show-errors', '--show-keys']);
    expect(run.told()).toContain('pk=BAD  PermanentError: the secret of BAD');
  });

  it('says with --dry-run what would run, and does nothing', async () => {
    const url = await makeQueue(sqs, 'replay-dry');
    const letters = [await letterOf('D'), await letterOf('E')];
    await sendLetters(sqs, url, ...letters);
    await dynamodb.send(new PutItemCommand({ TableName: 'Shop', Item: marshall({ pk: 'E', changed: 1 }) }));
    const run = await replay(url, ['--handler', handler, '--dry-run']);
    expect(handled()).toEqual([]);
    const rows = run
      .lines()
      .slice(0, 2)
      .map((line) => line.split('\t'));
    expect(rows.map((row) => [row[0], row[1], row[4], row[7]])).toEqual([
      ['1', letters[0]?.id.slice(0, 12), 'tell-customer', 'fresh'],
      ['2', letters[1]?.id.slice(0, 12), 'tell-customer', 'stale'],
    ]);
    expect(run.lines().slice(2)).toEqual([
      'A dry run: 1 of 2 pieces of work of 2 messages would run, in this order. Nothing was done.',
      'Would stay: 1 stale, or not known to be fresh (--if-stale run runs them all the same).',
    ]);
    expect(await takeMessages(sqs, url)).toHaveLength(2);
  });

  it('says with --dry-run what the handler would refuse, which is what a run does', async () => {
    const url = await makeQueue(sqs, 'replay-foreseen');
    const [gone, others] = [await letterOf('F'), await letterOf('G')];
    await sendLetters(sqs, url, { ...gone, route: 'gone' }, { ...others, consumer: 'mails' });
    await sendLetters(sqs, url, letterFor(insertRecord({ pk: 'F' }, { table: 'Elsewhere' })));
    const dry = await replay(url, ['--handler', handler, '--dry-run', '--if-stale', 'run']);
    const reasons = dry.lines().flatMap((line) => line.split('\t')[7] ?? []);
    expect(reasons.toSorted()).toEqual([
      'refused: the handler has no route "gone"',
      'refused: the handler has no route for the table "Elsewhere"',
      'refused: the letter is of the consumer "mails" and the handler is "orders"',
    ]);
    expect(dry.lines().slice(-2)).toEqual([
      'A dry run: 0 of 3 pieces of work of 3 messages would run, in this order. Nothing was done.',
      'Would stay: 3 that the handler refuses.',
    ]);
    const run = await replay(url, ['--handler', handler, '--if-stale', 'run']);
    expect(run.lines().find((line) => line.startsWith('in all'))).toContain('refused (3)');
    expect(handled()).toEqual([]);
  });

  it('says of a FIFO queue why a letter may be stale', async () => {
    const url = await makeQueue(sqs, 'replay-stale.fifo');
    await sendLetters(sqs, url, await letterOf('J'));
    await dynamodb.send(new PutItemCommand({ TableName: 'Shop', Item: marshall({ pk: 'J', n: 1 }) }));
    const run = await replay(url, ['--handler', handler]);
    expect(run.lines().join('\n')).toContain(
      'a letter may be stale for no other change than those of the next ones',
    );
    expect(run.told()).not.toContain('0 messages');
  });

  it('asks at a terminal, and does nothing without a yes', async () => {
    const url = await makeQueue(sqs, 'replay-asks');
    await sendLetters(sqs, url, await letterOf('F'));
    const no = await replay(url, ['--handler', handler], { answer: 'n' });
    expect(no.told()).toContain('Replaying about 1 message of replay-asks in us-east-1: all.');
    expect(no.told()).toContain('Replay them? [y/N]');
    expect(no.status()).toBe(1);
    expect(handled()).toEqual([]);
    await replay(url, ['--handler', handler], { answer: 'yes' });
    expect(handled()).toEqual(['F']);
  });

  it('gives JSON for each piece of work and for the whole', async () => {
    const url = await makeQueue(sqs, 'replay-json');
    await sendLetters(sqs, url, await letterOf('G'));
    await sendBody(sqs, url, 'hello');
    const run = await replay(url, ['--handler', handler, '--json', '--route', 'tell-customer']);
    const [ran, summary] = run.lines().map((line) => JSON.parse(line) as object);
    expect(ran).toMatchObject({ source: 'letter', table: 'Shop', outcome: 'handled', keyNames: ['pk'] });
    expect(summary).toMatchObject({ kind: 'summary', selected: 1, settled: 1, left: 0 });
    expect(run.status()).toBeUndefined();
  });

  it('says that a queue is empty', async () => {
    const url = await makeQueue(sqs, 'replay-empty');
    const run = await replay(url, ['--handler', handler]);
    expect(run.lines()).toEqual(['The queue replay-empty is empty: there is nothing to replay.']);
    expect(run.status()).toBeUndefined();
    const json = await replay(url, ['--handler', handler, '--json']);
    expect(json.lines().map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ kind: 'summary', selected: 0, left: 0 }),
    ]);
  });

  it('takes nothing out of the queue for a handler whose ledger has no table', async () => {
    const url = await makeQueue(sqs, 'replay-no-table');
    await sendLetters(sqs, url, await letterOf('N'));
    const noTable = `${import.meta.dirname}/handlers/no-table.ts`;
    await expect(replay(url, ['--handler', noTable, '--dry-run'])).rejects.toThrow('say --ledger-table NAME');
  });

  it('keeps what the handler writes to its standard output out of its own', async () => {
    const url = await makeQueue(sqs, 'replay-talks');
    const talking = `${import.meta.dirname}/handlers/talking.ts`;
    await sendLetters(sqs, url, await letterOf('T'));
    const quiet = await replay(url, ['--handler', talking, '--json']);
    expect(quiet.lines().map((line) => (JSON.parse(line) as { readonly outcome?: string }).outcome)).toEqual([
      'failed',
      undefined,
    ]);
    expect(quiet.told()).not.toContain('the word of');
    const verbose = await replay(url, ['--handler', talking, '--json', '--verbose']);
    expect(verbose.told()).toContain('the word of a handler\n');
    expect(verbose.told()).toContain('"message":"spillway: record failed"');
    expect(verbose.lines()).toHaveLength(2);
  });

  it('does not have the status 0 if a letter that was asked for cannot be fetched from S3', async () => {
    const url = await makeQueue(sqs, 'replay-s3');
    const { record, ...letter } = await letterOf('V');
    expect(record).toBeDefined();
    const recordS3 = { bucket: 'no-such-bucket', key: 'x' };
    await sendBody(sqs, url, JSON.stringify({ ...letter, recordS3 }));
    const run = await replay(url, ['--handler', handler, '--route', 'tell-customer']);
    expect(run.status()).toBe(1);
  });

  it('replays the letters of one consumer', async () => {
    const url = await makeQueue(sqs, 'replay-consumer');
    const other = letterFor(insertRecord({ pk: 'OTHER' }), { consumer: 'billing' });
    await sendLetters(sqs, url, await letterOf('U'), other);
    const run = await replay(url, ['--handler', handler, '--of-consumer', 'orders']);
    expect(handled()).toEqual(['U']);
    expect(run.status()).toBeUndefined();
    expect(await takeMessages(sqs, url)).toHaveLength(1);
  });

  it('says at a terminal what --from-table comes to before it asks', async () => {
    const url = await makeQueue(sqs, 'replay-lost');
    await sendBody(
      sqs,
      url,
      pointerBody({ arrivedAt: new Date(Date.now() - 2 * 86_400_000), batchSize: 25 }),
    );
    const args = ['--handler', handler, '--from-table', '--key', 'pk=A'];
    const run = await replay(url, args, { answer: 'n' });
    expect(run.told()).toContain('1 pointer, of 25 records in all, is past the 24 hours of the stream.');
    expect(run.told()).toContain(
      'the pointer stays; when all is seen to, `spillway dlq drop --id` removes it',
    );
    expect(run.status()).toBe(1);
    await expect(replay(url, args)).rejects.toThrow('There is no terminal to ask at: say --yes');
  });

  it('hands over what the options say', async () => {
    const url = await makeQueue(sqs, 'replay-options');
    await sendLetters(sqs, url, await letterOf('H'));
    let given: ReplayOptions | undefined;
    const summary: ReplaySummary = {
      ...{ selected: 1, settled: 0, left: 1, outcomes: {}, foreign: 0, durationMs: 1 },
      wasInterrupted: true,
    };
    const stand = (options: ReplayOptions) => {
      given = options;
      return Promise.resolve(summary);
    };
    const pattern = '{"eventName":["INSERT"]}';
    const run = await replay(
      url,
      [
        ...[
          '--function',
          'shop-orders',
          '--if-stale',
          'skip',
          '--concurrency',
          '3',
          '--rate',
          '20/s',
          '--max',
          '7',
        ],
        ...['--version-attribute', 'v', '--filter', pattern, '--visibility-seconds', '60', '--yes'],
        ...['--from-table', '--key', '{"pk":"A"}', '--table', 'Shop', '--since', '2026-01-01'],
      ],
      { parts: { replay: stand } },
    );
    const { clients, signal, onEvent, ...plain } = given ?? {};
    expect(Object.keys(clients ?? {}).toSorted()).toEqual(['dynamodb', 'lambda', 's3', 'sqs', 'streams']);
    expect([signal, onEvent]).not.toContain(undefined);
    expect(plain).toEqual({
      queueUrl: atEndpoint(url),
      functionName: 'shop-orders',
      selection: { tables: ['Shop'], since: new Date('2026-01-01') },
      ifStale: 'skip',
      dryRun: false,
      ...{ concurrency: 3, ratePerSecond: 20, max: 7, versionAttribute: 'v', visibilitySeconds: 60 },
      filter: { Filters: [{ Pattern: pattern }] },
      fromTable: [{ pk: 'A' }],
    });
    expect(run.status()).toBe(130);
  });

  it.each([
    [[], 'Say who runs them, one of these: --handler FILE, in this process, or --function NAME, on Lambda.'],
    [['--handler', handler, '--function', 'f'], 'Say who runs them, one of these'],
    [['--function', 'f', '--consumer', 'c'], '--consumer and --ledger-table are for --handler'],
    [['--function', 'f', '--from-table'], '--from-table needs the items that are to run'],
    [['--function', 'f', '--from-table', '--key', 'n=5'], 'is written as JSON: {"n":5} or {"n":"5"}'],
  ])('says what is wrong about %j', async (args, message) => {
    await expect(replay('any', args)).rejects.toThrow(message);
  });
});
