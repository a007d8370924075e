import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { insertRecord, modifyRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import { makeQueue, sqsClient, takeMessages } from '../../dead-letter/queues.ts';
import { runDlq, startDlq } from './dlq-session.ts';
import { pointerBody, sendBody, sendLetters } from './filled-queue.ts';

let stack: LocalStack;
let sqs: SQSClient;
let queueUrl: string;
beforeAll(async () => {
  stack = await startLocalStack();
  sqs = sqsClient(stack);
  queueUrl = await makeQueue(sqs, 'mixed');
  await sendLetters(
    sqs,
    queueUrl,
    letterFor(insertRecord({ pk: 'ORDER#1', sk: 'SUMMARY' }, numbered(1))),
    letterFor(modifyRecord({ oldImage: { pk: 'ORDER#2' }, newImage: { pk: 'ORDER#2', n: 1 } }, numbered(2)), {
      route: 'audit',
      reason: 'permanent',
      error: new TypeError('the secret of ORDER#2'),
      attempts: 1,
    }),
  );
  await sendBody(sqs, queueUrl, pointerBody());
  await sendBody(sqs, queueUrl, 'hello');
});
afterAll(async () => {
  sqs.destroy();
  await stack.stop();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const numbered = (place: number) => ({
  sequenceNumber: `10000000000000000000${place}`,
  createdAt: new Date('2026-01-01T00:00:00Z'),
});
/** The messages are sent now, whatever the letters say. */
const ageless = (text: string) =>
  text.replace(/\d+ \w+ old/, '<age> old').replace(/\d+ \w+ left/, '<rest> left');
/** An hour after the letters were written. */
const parts = { now: () => Date.parse('2026-01-01T01:00:00Z') };
const list = (...args: readonly string[]) => runDlq(['list', '--queue', queueUrl, ...args], { stack, parts });

describe('spillway dlq list', () => {
  it('shows lines for programs where there is no terminal', async () => {
    const run = await list();
    const withoutForeign = run.lines().filter((line) => !line.includes('foreign'));
    expect(withoutForeign.map((line) => line.replaceAll('\t', ' | '))).toMatchInlineSnapshot(`
      [
        "2026-01-01T00:00:00.000Z | Shop | MODIFY | audit | permanent | TypeError | 1 | pk=… | 796654cd407e",
        "2026-01-01T00:00:00.000Z | Shop | INSERT | tell-customer | exhausted | Error | 3 | pk=… sk=… | df728b742eee",
        "2026-01-01T00:01:00.000Z | Shop | batch | orders-consumer | RetryAttemptsExhausted | lost in 23 h | 3 | 25 records, …276362 to …276399 | 6b5f0f0e-9f5",
      ]
    `);
    expect(ageless(run.told())).toMatchInlineSnapshot(`
      "4 messages in mixed.
            1  left alone: the message, or the record in it, is not JSON
            1  audit  TypeError
            1  tell-customer  Error
            1  batches given up by Lambda  RetryAttemptsExhausted
      The oldest is <age> old; the queue keeps messages for 4 days: <rest> left.
      "
    `);
  });

  it('shows a table at a terminal', async () => {
    const run = await runDlq(
      ['list', '--queue', 'mixed', '--reason', 'permanent', '--reason', 'RetryAttemptsExhausted'],
      {
        ...{ stack, parts },
        isTerminal: true,
      },
    );
    expect(ageless(`\n${run.lines().join('\n')}\n`)).toMatchInlineSnapshot(`
      "
      ┌────────┬───────┬────────┬─────────────────┬────────────────────────┬──────────────┬──────────┬────────────────────────────────┬──────────────┐
      │ age    │ table │ event  │ route           │ reason                 │ error        │ attempts │ keys                           │ id           │
      ├────────┼───────┼────────┼─────────────────┼────────────────────────┼──────────────┼──────────┼────────────────────────────────┼──────────────┤
      │ 1 h    │ Shop  │ MODIFY │ audit           │ permanent              │ TypeError    │ 1        │ pk=…                           │ 796654cd407e │
      │ 59 min │ Shop  │ batch  │ orders-consumer │ RetryAttemptsExhausted │ lost in 23 h │ 3        │ 25 records, …276362 to …276399 │ 6b5f0f0e-9f5 │
      └────────┴───────┴────────┴─────────────────┴────────────────────────┴──────────────┴──────────┴────────────────────────────────┴──────────────┘
      2 of 4 messages in mixed as asked for.
            1  audit  TypeError
            1  batches given up by Lambda  RetryAttemptsExhausted
      The oldest is <age> old; the queue keeps messages for 4 days: <rest> left.
      "
    `);
  });

  it('leaves columns out of the table where a terminal has no room for all, and keeps what tells letters apart', async () => {
    const run = await runDlq(['list', '--queue', 'mixed', '--reason', 'permanent'], {
      ...{ stack, parts },
      isTerminal: true,
      columns: 80,
    });
    expect(run.lines().slice(0, 5)).toMatchInlineSnapshot(`
      [
        "┌─────┬───────┬────────┬───────┬───────────┬───────────┬──────┬──────────────┐",
        "│ age │ table │ event  │ route │ reason    │ error     │ keys │ id           │",
        "├─────┼───────┼────────┼───────┼───────────┼───────────┼──────┼──────────────┤",
        "│ 1 h │ Shop  │ MODIFY │ audit │ permanent │ TypeError │ pk=… │ 796654cd407e │",
        "└─────┴───────┴────────┴───────┴───────────┴───────────┴──────┴──────────────┘",
      ]
    `);
    const narrow = await runDlq(['list', '--queue', 'mixed', '--show-keys'], {
      ...{ stack, parts },
      isTerminal: true,
      columns: 80,
    });
    expect(narrow.lines()[1]).toMatch(/ keys .* id /);
  });

  it('names the consumers where several share the queue', async () => {
    const url = await makeQueue(sqs, 'shared');
    const letters = ['orders', 'orders', 'mails'].map((consumer, place) =>
      letterFor(insertRecord({ pk: `SHARED#${place}` }, numbered(place)), { consumer }),
    );
    await sendLetters(sqs, url, ...letters);
    const run = await runDlq(['list', '--queue', url], { stack, parts });
    expect(run.told()).toContain(
      'The letters are of the consumers orders (2), mails (1): --of-consumer replays those of one.\n',
    );
    expect((await list()).told()).not.toContain('of the consumers');
  });

  it('shows the values of keys only if they are asked for', async () => {
    const shown = (await list('--show-keys')).lines().join('\n');
    expect(shown).toContain('pk=ORDER#1 sk=SUMMARY');
    const masked = [await list(), await list('--json')];
    expect(masked.map((run) => run.lines().join() + run.told()).join()).not.toContain('ORDER#');
  });

  it('gives a JSON object for each row, and one for the whole', async () => {
    const rows = (await list('--json', '--route', 'audit')).lines().map((line) => JSON.parse(line) as object);
    expect(rows).toMatchObject([
      {
        kind: 'letter',
        route: 'audit',
        table: 'Shop',
        eventName: 'MODIFY',
        reason: 'permanent',
        errorName: 'TypeError',
        attempts: 1,
        keyNames: ['pk'],
        givenUpAt: '2026-01-01T00:00:00.000Z',
      },
      { kind: 'summary', selected: 1, seen: 4, isAtLeast: false, end: 'drained', retentionSeconds: 345_600 },
    ]);
  });

  it.each<readonly [args: readonly string[], count: number]>([
    [['--table', 'Shop'], 3],
    [['--table', 'Shop', '--no-table'], 3],
    [['--route', 'audit', '--route', 'tell-customer'], 2],
    [['--error', 'TypeError'], 1],
    [['--key', 'pk=ORDER#1'], 1],
    [['--key', '{"pk":"ORDER#2"}'], 1],
    [['--since', '90m'], 3],
    [['--since', '30m'], 0],
    [['--until', '2026-01-01T00:00:30Z'], 2],
    [['--reason', 'exhausted', '--error', 'TypeError'], 0],
  ])('shows with %j only what is meant', async (args, count) => {
    expect((await list(...args)).lines()).toHaveLength(count);
  });

  it('counts what is beyond the limit', async () => {
    const run = await list('--limit', '2');
    expect(run.lines()).toHaveLength(2);
    expect(run.told()).toContain('4 messages in mixed; the 2 oldest are shown (--limit).');
  });

  it('leaves everything where it is', async () => {
    const url = await makeQueue(sqs, 'left');
    await sendLetters(sqs, url, ...some(35));
    const listed = async () => (await runDlq(['list', '--queue', url], { stack })).lines();
    expect(await listed()).toHaveLength(35);
    expect(await listed()).toHaveLength(35);
    expect(await takeMessages(sqs, url)).toHaveLength(35);
  });

  it('gives everything back and says so when it is interrupted', async () => {
    const url = await makeQueue(sqs, 'interrupted');
    await sendLetters(sqs, url, ...some(35));
    const run = startDlq(['list', '--queue', url], { stack });
    run.interrupt();
    await run.ended;
    expect(run.status()).toBe(130);
    expect(run.told()).toContain('It was interrupted');
    expect(await takeMessages(sqs, url)).toHaveLength(35);
  });

  it('says of a FIFO queue that it shows no more than the first of a group', async () => {
    const url = await makeQueue(sqs, 'groups.fifo');
    const ofOneItem = Array.from({ length: 30 }, (_, index) =>
      letterFor(insertRecord({ pk: 'ORDER#1' }), { route: `route-${index}` }),
    );
    await sendLetters(sqs, url, ...ofOneItem);
    const run = await runDlq(['list', '--queue', url], { stack });
    expect(run.lines().length).toBeLessThan(30);
    expect(run.told()).toMatch(/^at least \d+ messages? in groups\.fifo\./);
    expect(run.told()).toContain('A FIFO queue hands out the further messages of an item only when');
  });

  it('warns of letters that the queue is about to lose', async () => {
    const soon = { now: () => Date.now() + 3 * 86_400_000 };
    const run = await runDlq(['list', '--queue', queueUrl], { stack, parts: soon });
    expect(run.told()).toContain(
      'Warning: The oldest is 3 days old; the queue keeps messages for 4 days: 23 h left. What is older then is lost; replay or export it.',
    );
  });

  it('shows nothing that a terminal would obey', async () => {
    const url = await makeQueue(sqs, 'hostile');
    const letter = letterFor(insertRecord({ pk: 'a' }));
    const error = { ...letter.error, name: '\u001b[2Jgone' };
    await sendLetters(sqs, url, { ...letter, route: 'a\tb\u009b', error });
    const run = await runDlq(['list', '--queue', url], { stack });
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(run.lines().join() + run.told()).not.toMatch(/[\u001b\u009b]/);
    expect(run.lines()[0]?.split('\t')).toHaveLength(9);
  });
});

const some = (count: number) =>
  Array.from({ length: count }, (_, index) => letterFor(insertRecord({ pk: `ITEM#${index}` })));

describe('spillway dlq, when something is wrong', () => {
  it('says that a queue is empty, and that is no failure', async () => {
    const url = await makeQueue(sqs, 'empty');
    const run = await runDlq(['list', '--queue', url], { stack });
    expect(run.told()).toBe('The queue empty is empty.\n');
    expect(run.status()).toBeUndefined();
  });

  it.each<readonly [what: string, queue: readonly string[], environment: object, message: string | RegExp]>([
    [
      'that no queue is named',
      [],
      {},
      'No queue is named: give --queue with its URL or name, or set SPILLWAY_DLQ_URL.',
    ],
    [
      'what the queues are',
      ['--queue', 'mixd'],
      {},
      /^There is no queue "mixd" at http:\S+\. There are: .*mixed/,
    ],
    ['that a name is none', ['--queue', 'a b'], {}, 'A queue is named by its URL'],
    [
      'that a URL is wrong',
      ['--queue', 'http://localhost:1/000000000000/nothing'],
      {},
      /nothing does not exist\. Is the URL right/,
    ],
    [
      'that nothing answers',
      ['--queue', 'mixed', '--endpoint', 'http://127.0.0.1:9'],
      {},
      'SQS at http://127.0.0.1:9 does not answer: is it reachable',
    ],
  ])('says %s', async (_, queue, environment, message) => {
    const run = startDlq(['list', ...queue], { stack, environment: { ...environment } });
    await expect(run.ended).rejects.toThrow(message);
  });

  it('asks for a region, and for credentials', async () => {
    withoutAws();
    await expect(startDlq(['list', '--queue', 'mixed']).ended).rejects.toThrow(
      'No AWS region is known: give --region, or set AWS_REGION.',
    );
    const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters';
    await expect(startDlq(['list', '--queue', url]).ended).rejects.toThrow('No AWS credentials can be had');
  });

  it.each([
    [['--since', 'yesterday'], "'yesterday' is invalid. It takes a time as 2026-01-31T14:00:00Z"],
    [['--limit', '0'], "'0' is invalid. It takes a whole number from 1 on"],
    [['--endpoint', 'localhost'], 'It takes a URL'],
  ])('says what is wrong about %j', async (args, message) => {
    const run = startDlq(['list', '--queue', 'mixed', ...args], { stack });
    await expect(run.ended).rejects.toMatchObject({ exitCode: 1 });
    expect(run.told()).toContain(message);
  });
});

/** A machine on which nothing of AWS is set up. */
function withoutAws(): void {
  for (const name of ['AWS_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
}
