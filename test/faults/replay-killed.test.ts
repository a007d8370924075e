import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { insertRecord } from '../../src/testing/index.ts';
import { letterFor } from '../dead-letter/letters.ts';
import { openStack } from '../end-to-end/table-and-queue.ts';
import { makeTable } from '../idempotency/tables.ts';
import { bundleProgram, killConsumers } from './killed-consumers.ts';
import type { ReplayerOptions } from './programs/replayer.ts';

/** `SPILLWAY_KILLS=30 npx vitest run test/faults/replay-killed.test.ts` is the long run, over 2,000 letters. */
const kills = Number(process.env['SPILLWAY_KILLS'] ?? 2);
const letters = Math.max(300, Math.round((2_000 * kills) / 30));
const items = Array.from({ length: 50 }, (_, index) => `ITEM#${index}`);
const longestWorkMs = 150;

let stack: LocalStack;
let aws: ReturnType<typeof openStack>;
let folder: string;
beforeAll(async () => {
  stack = await startLocalStack();
  aws = openStack(stack);
  folder = await mkdtemp(join(tmpdir(), 'spillway-replay-killed-'));
});
afterAll(async () => {
  aws.close();
  await stack.stop();
  await rm(folder, { recursive: true });
});

describe('a replay that is killed at its work, again and again', () => {
  it(
    'Promises 1, 2 and 4: loses no letter, settles none twice, and keeps the changes of an item in order',
    { timeout: 60_000 + kills * 15_000 },
    async () => {
      const queueUrl = await aws.createQueue('killed');
      const changes = Array.from({ length: letters }, (_, n) => ({ pk: items[n % items.length] ?? '', n }));
      const records = changes.map((change) =>
        insertRecord(change, { eventId: `e${change.n}`, table: 'Shop' }),
      );
      // The queue gives them in an order that is not theirs; every tenth lies in it twice.
      const messages = records
        .map((record) => letterFor(record, { route: 'effect' }))
        .flatMap((letter, index) => (index % 10 === 0 ? [letter, letter] : [letter]))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
      for (let from = 0; from < messages.length; from += 10)
        await aws.sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: messages
              .slice(from, from + 10)
              .map((letter, index) => ({ Id: String(index), MessageBody: JSON.stringify(letter) })),
          }),
        );
      const options: ReplayerOptions = {
        environment: stack.environment,
        queueUrl,
        tables: {
          ledger: await makeTable(aws.dynamodb, 'Ledger-killed', ['id']),
          effects: await makeTable(aws.dynamodb, 'Effects-killed', ['item']),
        },
      };
      const killedAtWork = await killConsumers(options, {
        program: await bundleProgram(folder, 'replayer'),
        kills,
        workMs: () => Math.random() * longestWorkMs,
        onKilled: () => Promise.resolve(),
      });
      const effects = await aws.scan(options.tables.effects);
      const expected = items.map((item) => ({
        item,
        changes: changes.filter(({ pk }) => pk === item).map(({ n }) => n),
      }));
      expect(effects.toSorted((a, b) => (String(a['item']) < String(b['item']) ? -1 : 1))).toEqual(
        expected.toSorted((a, b) => (a.item < b.item ? -1 : 1)),
      );
      expect(await aws.takeLetters(queueUrl)).toEqual([]);
      expect(killedAtWork).toBeGreaterThanOrEqual(Math.floor(kills / 2));
    },
  );
});
