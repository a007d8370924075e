import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BatchWriteItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { openStack } from '../end-to-end/table-and-queue.ts';
import { makeTable } from '../idempotency/tables.ts';
import { bundleProgram, killConsumers } from './killed-consumers.ts';
import type { ConsumerOptions, Effect } from './programs/consumer.ts';
import type { Guarantee } from './work-off.ts';

/** `SPILLWAY_KILLS=50 npx vitest run test/faults/sigkill.test.ts` is the long run, over 5,000 changes. */
const kills = Number(process.env['SPILLWAY_KILLS'] ?? 12);
const longestWorkMs = 100;
const items = Array.from({ length: 50 }, (_, index) => `ITEM#${index}`);

/** The changes that a consumer works off, and how often it is killed meanwhile. */
interface Campaign {
  readonly name: string;
  readonly guarantee: Guarantee;
  readonly commits: boolean;
  readonly kills: number;
  readonly changesPerItem: number;
}

let stack: LocalStack;
let aws: ReturnType<typeof openStack>;
let folder: string;
let program: string;
beforeAll(async () => {
  stack = await startLocalStack();
  aws = openStack(stack);
  folder = await mkdtemp(join(tmpdir(), 'spillway-killed-'));
  program = await bundleProgram(folder, 'consumer');
});
afterAll(async () => {
  aws.close();
  await stack.stop();
  await rm(folder, { recursive: true });
});

/** The stream, the tables and all else that a consumer has to know. */
async function prepare(campaign: Campaign): Promise<ConsumerOptions> {
  const { name, guarantee, commits, changesPerItem } = campaign;
  const streamArn = await aws.createTable(`Changes-${name}`, 'pk');
  for (const n of numbersUpTo(changesPerItem))
    // 25 is what a batch holds.
    for (const pks of [items.slice(0, 25), items.slice(25)])
      await aws.dynamodb.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [`Changes-${name}`]: pks.map((pk) => ({ PutRequest: { Item: marshall({ pk, n }) } })),
          },
        }),
      );
  const tables = {
    ledger: await makeTable(aws.dynamodb, `Ledger-${name}`, ['id']),
    effects: await makeTable(aws.dynamodb, `Effects-${name}`, ['item']),
  };
  const { environment } = stack;
  const unsettledFile = join(folder, `${name}.unsettled`);
  await writeFile(unsettledFile, '');
  return {
    environment,
    streamArn,
    guarantee,
    commits,
    tables,
    checkpointFile: join(folder, `${name}.checkpoints`),
    unsettledFile,
  };
}

const numbersUpTo = (last: number): readonly number[] =>
  Array.from({ length: last }, (_, index) => index + 1);

/** The effects, item by item, in the order in which they came about. */
async function effectsIn({ tables }: ConsumerOptions): Promise<ReadonlyMap<string, readonly Effect[]>> {
  const found = await aws.scan(tables.effects);
  return new Map(found.map(({ item, changes }) => [String(item), changes as readonly Effect[]]));
}

/** The events whose claims nobody has settled. */
async function unsettledIn({ tables }: ConsumerOptions): Promise<ReadonlySet<string>> {
  const eventIds = new Set<string>();
  const pages = paginateScan(
    { client: aws.dynamodb },
    {
      TableName: tables.ledger,
      ConsistentRead: true,
      FilterExpression: '#status = :unfinished',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':unfinished': { S: 'INPROGRESS' } },
    },
  );
  for await (const { Items = [] } of pages)
    for (const { id } of Items) eventIds.add(id?.S?.split('#').at(-1) ?? '');
  return eventIds;
}

const countEach = (names: readonly string[]): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(Object.groupBy(names, (name) => name)).map(([name, all = []]) => [name, all.length]),
  );

/** A few of all: exactly once is proven with all of them, and the rest costs the same again. */
const fewer = { kills: Math.ceil(kills / 4), changesPerItem: 10 };
const commitCampaigns: readonly Campaign[] = [
  { name: 'commit-record', guarantee: 'record', commits: true, kills, changesPerItem: 2 * kills },
  { name: 'commit-checkpoint', guarantee: 'checkpoint', commits: true, ...fewer },
  { name: 'commit-claim', guarantee: 'claim', commits: true, ...fewer },
];

describe('a consumer that is killed again and again', () => {
  it.each(commitCampaigns)(
    'Promises 1, 2 and 4: has committed every effect exactly once and in order, with the guarantee "$guarantee"',
    async (campaign) => {
      const options = await prepare(campaign);
      const killedAtWork = await killConsumers(options, {
        program,
        kills: campaign.kills,
        workMs: () => Math.random() * longestWorkMs,
        onKilled: () => Promise.resolve(),
      });
      const effects = await effectsIn(options);
      expect(effects.size).toBe(items.length);
      for (const changes of effects.values())
        expect(changes.map(({ n }) => n)).toEqual(numbersUpTo(campaign.changesPerItem));
      // The kills came in the middle of the work, or this would show nothing.
      expect(killedAtWork).toBeGreaterThanOrEqual(0.8 * campaign.kills);
    },
    600_000,
  );

  it('Promises 1, 2 and 4: repeats only what was done and not yet remembered at a kill, with the guarantee "claim"', async () => {
    const campaign = { kills, changesPerItem: 2 * kills };
    const options = await prepare({ name: 'plain', guarantee: 'claim', commits: false, ...campaign });
    /** What a kill or the end of an invocation's time found done and not remembered; each time may repeat it once. */
    const notRemembered: string[] = [];
    const killedAtWork = await killConsumers(options, {
      program,
      kills: campaign.kills,
      workMs: () => Math.random() * longestWorkMs,
      async onKilled() {
        // What the engine had received of the dead is carried out.
        await wait(50);
        const unsettled = await unsettledIn(options);
        const done = new Set([...(await effectsIn(options)).values()].flat().map(({ eventId }) => eventId));
        notRemembered.push(...[...done].filter((eventId) => unsettled.has(eventId)));
      },
    });
    const effects = await effectsIn(options);
    expect(effects.size).toBe(items.length);
    const toldUnsettled = (await readFile(options.unsettledFile, 'utf8')).split('\n');
    const mayRepeat = countEach([...notRemembered, ...toldUnsettled]);
    for (const changes of effects.values()) {
      const numbers = changes.map(({ n }) => n);
      expect([...new Set(numbers)]).toEqual(numbersUpTo(campaign.changesPerItem));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers);
    }
    const runs = countEach([...effects.values()].flat().map(({ eventId }) => eventId));
    expect([...runs].filter(([eventId, times]) => times > 1 + (mayRepeat.get(eventId) ?? 0))).toEqual([]);
    expect(killedAtWork).toBeGreaterThanOrEqual(0.8 * campaign.kills);
  }, 600_000);
});
