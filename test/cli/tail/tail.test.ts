import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { reviveMap } from './revive-json.ts';
import { startStreamsProxy } from './streams-proxy.ts';
import { linesOf, startTail } from './tail-session.ts';

let stack: LocalStack;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  dynamodb = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: stack.endpoints.dynamodb,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await Promise.all([createTable('Shop', 'NEW_AND_OLD_IMAGES'), createTable('Bare', undefined)]);
  await write('Shop', order);
  await write('Shop', { ...order, status: 'paid', coupon: 'C' });
  await write('Shop', { pk: 'CART#1', total: 12.5 });
  await remove('Shop', order.pk);
});
afterAll(async () => {
  dynamodb.destroy();
  await stack.stop();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const order = {
  pk: 'ORDER#1',
  status: 'placed',
  photo: new Uint8Array([255, 0]),
  sizes: new Set(['M', 'S']),
  big: 12_345_678_901_234_567_890n,
};

type View = 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY' | undefined;
const createTable = (table: string, view: View) =>
  dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...(view && { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }),
    }),
  );
const write = (table: string, item: Record<string, unknown>) =>
  dynamodb.send(new PutItemCommand({ TableName: table, Item: marshall(item) }));
const remove = (table: string, pk: string) =>
  dynamodb.send(new DeleteItemCommand({ TableName: table, Key: marshall({ pk }) }));

/** A run on the local stack, and what it needs to find it. */
const start = (...args: readonly string[]) => startTail(args, { environment: { ...stack.environment } });
const withoutTime = (line: string) => line.slice(14);
const ofTable = async (...args: readonly string[]) =>
  (await linesOf(stack, 'Shop', ...args)).map(withoutTime);

describe('spillway tail, on the real engines', () => {
  it('shows everything that the stream has, and ends', async () => {
    expect(await ofTable()).toEqual([
      'INSERT  pk=ORDER#1  big: 12345678901234567890, photo: <2 bytes: /wA=>, sizes: set ["M", "S"], status: "placed"',
      'MODIFY  pk=ORDER#1  + coupon: "C", status: "placed" -> "paid"',
      'INSERT  pk=CART#1  total: 12.5',
      'REMOVE  pk=ORDER#1  big: 12345678901234567890, coupon: "C", photo: <2 bytes: /wA=>, sizes: set ["M", "S"], status: "paid"',
    ]);
  });

  it('shows what is written while it runs, in order, until it is interrupted', async () => {
    await createTable('Live', 'NEW_AND_OLD_IMAGES');
    await write('Live', { pk: 'before' });
    const session = start('--table', 'Live');
    await session.following();
    const names = Array.from({ length: 20 }, (_, index) => `a${index}`);
    for (const pk of names) await write('Live', { pk });
    await expect.poll(() => session.lines().length).toBe(20);
    session.interrupt();
    await session.ended;

    expect(session.lines().map(withoutTime)).toEqual(names.map((pk) => `INSERT  pk=${pk}`));
    expect(session.told()).toBe(
      `The changes of Live at ${stack.endpoints.dynamodb} (NEW_AND_OLD_IMAGES), from now on:\n`,
    );
  });

  it('writes the exact data as JSON', async () => {
    const lines = await linesOf(stack, 'Shop', '--json', '--limit', '2');
    const [insert, modify] = lines.map((line) => JSON.parse(line) as Readonly<Record<string, object>>);
    expect(lines).toHaveLength(2);
    expect(insert).toEqual({
      table: 'Shop',
      eventName: 'INSERT',
      keys: { pk: 'ORDER#1' },
      newImage: expect.anything() as object,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as object,
      sequenceNumber: '1',
      shardId: 'shardId-00000001-Shop',
      eventId: expect.any(String) as object,
    });
    expect(reviveMap({ ...insert?.['newImage'] })).toEqual(order);
    expect(reviveMap({ ...modify?.['oldImage'] })).toEqual(order);
    expect(reviveMap({ ...modify?.['newImage'] })).toEqual({ ...order, status: 'paid', coupon: 'C' });
    expect(new Set(modify?.['changed'] as unknown as string[])).toEqual(new Set(['status', 'coupon']));
  });

  it.each<readonly [args: readonly string[], shown: readonly string[]]>([
    [
      ['--event', 'insert,REMOVE'],
      ['INSERT  pk=ORDER#1', 'INSERT  pk=CART#1', 'REMOVE  pk=ORDER#1'],
    ],
    [['--where', 'pk^=CART#'], ['INSERT  pk=CART#1']],
    [
      ['--where', 'status=placed'],
      ['INSERT  pk=ORDER#1', 'MODIFY  pk=ORDER#1'],
    ],
    [['--where', 'status=paid', '--where', 'coupon?', '--event', 'MODIFY'], ['MODIFY  pk=ORDER#1']],
    [['--filter', '{"eventName":["REMOVE"]}'], ['REMOVE  pk=ORDER#1']],
    [
      [
        ...['--filter', '{"dynamodb":{"NewImage":{"total":{"N":["12.5"]}}}}'],
        ...['--filter', '{"eventName":["REMOVE"]}'],
      ],
      ['INSERT  pk=CART#1', 'REMOVE  pk=ORDER#1'],
    ],
    [['--limit', '1'], ['INSERT  pk=ORDER#1']],
    [['--where', 'pk=nobody'], []],
  ])('shows with %j just what is asked for', async (args, shown) => {
    const lines = await ofTable(...args, '--keys-only');
    expect(lines.map((line) => line.split('  ').slice(0, 2).join('  '))).toEqual(shown);
  });

  it('needs no more than the table and the endpoint', async () => {
    withoutAws();
    const args = ['--table', 'Shop', '--from', 'trim-horizon', '--limit', '4'];
    const session = startTail([...args, '--endpoint', stack.endpoints.dynamodb]);
    await session.ended;
    expect(session.lines()).toHaveLength(4);
  });

  it('takes the ARN of a table', async () => {
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Shop';
    const lines = await linesOf(stack, arn, '--limit', '1');
    expect(lines).toHaveLength(1);
  });

  it('shows keys where the view has no more', async () => {
    await createTable('Keys', 'KEYS_ONLY');
    await write('Keys', { pk: 'a', secret: 1 });
    expect((await linesOf(stack, 'Keys')).map(withoutTime)).toEqual(['INSERT  pk=a']);
  });

  it('cuts and colours for a terminal, without colours if there is NO_COLOR', async () => {
    const run = async () => {
      const args = ['--table', 'Shop', '--from', 'trim-horizon', '--limit', '1'];
      const session = startTail(args, { environment: { ...stack.environment }, columns: 60 });
      await session.ended;
      return session.lines()[0] ?? '';
    };
    vi.stubEnv('FORCE_COLOR', undefined);
    vi.stubEnv('NO_COLOR', undefined);
    expect(await run()).toContain('\u001b[32mINSERT\u001b[39m');
    vi.stubEnv('NO_COLOR', '1');
    const line = await run();
    expect(withoutTime(line)).toBe('INSERT  pk=ORDER#1  big: 12345678901234567890…');
  });
});

describe('spillway tail, when something is wrong', () => {
  it('names the tables there are if it is none of them', async () => {
    await expect(start('--table', 'Shops').ended).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(
        /^There is no table "Shops" at http:\S+\. There are: (\w+, )*Bare, (\w+, )*Shop\.$/,
      ) as string,
    });
  });

  it('says how to turn a stream on', async () => {
    await expect(start('--table', 'Bare').ended).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message:
        'Table "Bare" has no stream. To turn it on:\n  aws dynamodb update-table --table-name Bare ' +
        '--stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES ' +
        `--endpoint-url ${stack.endpoints.dynamodb}`,
    });
  });

  it('says that nothing answers', async () => {
    await expect(start('--table', 'Shop', '--endpoint', 'http://127.0.0.1:9').ended).rejects.toMatchObject({
      code: 'LOCAL_STACK',
      message: expect.stringContaining('DynamoDB at http://127.0.0.1:9 does not answer') as string,
    });
  });

  it('asks for a region, and for credentials', async () => {
    withoutAws();
    await expect(startTail(['--table', 'Shop']).ended).rejects.toMatchObject({
      message: 'No AWS region is known: give --region, or set AWS_REGION.',
    });
    await expect(startTail(['--table', 'Shop', '--region', 'eu-west-1']).ended).rejects.toMatchObject({
      message: expect.stringContaining('No AWS credentials can be had: set AWS_PROFILE') as string,
    });
  });

  it('ends when the table is deleted', async () => {
    await createTable('Gone', 'NEW_AND_OLD_IMAGES');
    const session = start('--table', 'Gone');
    await session.following();
    await dynamodb.send(new DeleteTableCommand({ TableName: 'Gone' }));
    await expect(session.ended).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The stream arn:\S+\/Gone\/\S+ is no more: its table was deleted/,
      ) as string,
    });
  });

  it.each([
    [['--table', 'x'], "option '--table <table>' argument 'x' is invalid. It takes the name of a table"],
    [['--table', 'Shop', '--where', 'status'], "'status' is invalid. It takes NAME=VALUE"],
    [
      ['--table', 'Shop', '--event', 'INSERT,PUT'],
      "'INSERT,PUT' is invalid. It takes INSERT, MODIFY, REMOVE",
    ],
    [['--table', 'Shop', '--limit', '0'], "'0' is invalid. It takes a whole number from 1 on"],
    [['--table', 'Shop', '--endpoint', 'localhost:8000'], 'is invalid. It takes a URL'],
    [['--table', 'Shop', '--filter', '{'], "'{' is invalid. Invalid filter pattern definition."],
    [['--table', 'Shop', '--from', 'now'], 'Allowed choices are trim-horizon, latest'],
    [[], "required option '--table <table>' not specified"],
  ])('says what is wrong about %j', async (args, message) => {
    const session = startTail(args);
    await expect(session.ended).rejects.toMatchObject({ exitCode: 1 });
    expect(session.told()).toContain(message);
  });
});

describe('spillway tail, when reading fails', () => {
  const behindProxy = async (table: string) => {
    const proxy = await startStreamsProxy(stack.endpoints.dynamodb);
    await createTable(table, 'NEW_AND_OLD_IMAGES');
    const environment = { ...stack.environment, AWS_ENDPOINT_URL_DYNAMODB_STREAMS: proxy.endpoint };
    return { proxy, session: startTail(['--table', table], { environment }) };
  };

  it('says so once, goes on, and misses nothing', async () => {
    const { proxy, session } = await behindProxy('Flaky');
    await session.following();
    proxy.become('break');
    await write('Flaky', { pk: 'a' });
    await expect.poll(() => session.told(), { timeout: 10_000 }).toContain('reading failed, trying again. (');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    proxy.become('pass');
    await expect.poll(() => session.lines().length, { timeout: 10_000 }).toBe(1);
    session.interrupt();
    await session.ended;
    proxy.close();
    expect(session.told().match(/reading failed/g)).toHaveLength(1);
  });

  it('ends when its keys are refused', async () => {
    const { proxy, session } = await behindProxy('Refused');
    await session.following();
    proxy.become('refuse');
    await expect(session.ended).rejects.toMatchObject({
      message: expect.stringMatching(/^The stream arn:\S+ cannot be read\.$/) as string,
      cause: { message: 'The token expired' },
    });
    proxy.close();
  });

  it('ends when its keys are refused at once', async () => {
    const { proxy, session } = await behindProxy('AtOnce');
    proxy.become('refuse');
    await expect(session.ended).rejects.toMatchObject({ cause: { message: 'The token expired' } });
    proxy.close();
  });
});

describe('spillway tail and who reads it', () => {
  const many = Array.from({ length: 300 }, (_, index) => `item-${index}`);
  beforeAll(async () => {
    await createTable('Many', 'NEW_AND_OLD_IMAGES');
    for (const pk of many) await write('Many', { pk });
  });
  const args = ['--table', 'Many', '--from', 'trim-horizon'];

  it('ends quietly when no one reads any more', async () => {
    let taken = 0;
    const session = startTail(args, {
      environment: { ...stack.environment },
      take: () => {
        taken += 1;
        return taken > 1 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : undefined;
      },
    });
    await session.ended;
    expect(session.lines()).toHaveLength(1);
    expect(session.told()).toMatch(/^The changes of .*\n$/);
  });

  it('says that it cannot write for another reason', async () => {
    const session = startTail(args, {
      environment: { ...stack.environment },
      take: () => Object.assign(new Error('no space left'), { code: 'ENOSPC' }),
    });
    await expect(session.ended).rejects.toMatchObject({
      message: 'The changes cannot be written to stdout.',
    });
  });

  it('ends at once when it is interrupted, also while a slow reader is waited for', async () => {
    const session = startTail(args, {
      environment: { ...stack.environment },
      take: () => new Promise(() => undefined),
    });
    await expect.poll(session.waiting).toBeGreaterThan(0);
    session.interrupt();
    await session.ended;
  });

  it('reads no more than a batch ahead of a slow reader', async () => {
    const session = startTail([...args, '--keys-only'], {
      environment: { ...stack.environment },
      take: () => new Promise(() => undefined),
    });
    await expect.poll(session.waiting).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const oneBatch = 100 * '00:00:00.000  INSERT  pk=item-100\n'.length;
    expect(session.waiting()).toBeLessThanOrEqual(oneBatch);
    session.interrupt();
    await session.ended;
  });

  it.each([
    ['the table is looked for', 'AWS_ENDPOINT_URL_DYNAMODB'],
    ['the stream is opened', 'AWS_ENDPOINT_URL_DYNAMODB_STREAMS'],
  ])('ends at once when it is interrupted while %s', async (_, variable) => {
    const proxy = await startStreamsProxy(stack.endpoints.dynamodb);
    proxy.become('hang');
    const session = startTail(args, { environment: { ...stack.environment, [variable]: proxy.endpoint } });
    await expect.poll(proxy.requests).toBe(1);
    session.interrupt();
    await session.ended;
    expect(session.told()).toBe('');

    // What was under way starts after all, and is stopped then.
    proxy.become('pass');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const requests = proxy.requests();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(proxy.requests()).toBe(requests);
    proxy.close();
  });

  it('ends at once when it is interrupted before it has begun', async () => {
    const interrupted = new AbortController();
    interrupted.abort();
    await startTail(args, { environment: { ...stack.environment }, interrupted }).ended;
  });

  it('gives a slow reader all lines, in order', async () => {
    const session = startTail([...args, '--until-caught-up', '--keys-only'], {
      environment: { ...stack.environment },
      take: () => new Promise((resolve) => setTimeout(() => resolve(undefined), 1)),
    });
    await session.ended;
    await expect.poll(() => session.lines().length).toBe(300);
    expect(session.lines().map(withoutTime)).toEqual(many.map((pk) => `INSERT  pk=${pk}`));
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
