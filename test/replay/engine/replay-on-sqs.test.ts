import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Letter } from '../../../src/dead-letter/letter.ts';
import { sqsDeadLetters } from '../../../src/dead-letter/sqs-dead-letters.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { runReplay } from '../../../src/replay/engine/run-replay.ts';
import { sqsQueue } from '../../../src/replay/queue/sqs-queue.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { makeQueue, sqsClient } from '../../dead-letter/queues.ts';
import type { Script } from './run-scripted.ts';
import { letterOf, scripted } from './run-scripted.ts';

let stack: LocalStack;
let client: SQSClient;

beforeAll(async () => {
  stack = await startLocalStack();
  client = sqsClient(stack);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

async function replayOf(name: string, letters: readonly Letter[], script?: Script) {
  const queueUrl = await makeQueue(client, name);
  const deadLetters = sqsDeadLetters({ queueUrl, client });
  for (const letter of letters) await deadLetters.send(letter);
  const queue = sqsQueue({ queueUrl, client });
  const replay = scripted({ options: { queue, runtime: systemRuntime }, ...(script && { script }) });
  return { queue, replay, run: () => runReplay(replay.options) };
}

const changes = Array.from({ length: 120 }, (_, index) => index + 1);
const letters = changes.map((change) => letterOf(`item-${change % 10}`, change));
/** The sixth change of item 3 fails. */
const failing: Script = ({ change }) => (change === 53 ? 'failed' : 'handled');

describe.each(['standard', 'standard.fifo'])('a replay of the %s queue', (name) => {
  it('settles what can be, in order, and leaves the rest to be seen again at once', async () => {
    const { queue, replay, run } = await replayOf(name, letters, failing);
    const summary = await run();
    for (let item = 0; item < 10; item += 1) {
      const ran = replay.ran.filter((one) => one.item === `item-${item}` && one.outcome !== 'blocked');
      const all = changes.filter((change) => change % 10 === item);
      expect(ran.map(({ change }) => change)).toEqual(item === 3 ? all.slice(0, 6) : all);
    }
    expect(summary).toMatchObject({ selected: expect.any(Number) as number, settled: 113 });
    expect(await queue.facts()).toMatchObject({ visible: 7, inFlight: 0 });

    // And once more, with what was wrong put right.
    const again = scripted({ options: { queue, runtime: systemRuntime } });
    expect(await runReplay(again.options)).toMatchObject({ selected: 7, settled: 7, left: 0 });
    expect(again.ran.map(({ change }) => change)).toEqual([53, 63, 73, 83, 93, 103, 113]);
    expect(await queue.facts()).toMatchObject({ visible: 0, inFlight: 0 });
  });
});

describe('a dry run', () => {
  it('leaves a queue as it was', async () => {
    const { queue, replay } = await replayOf('dry', letters);
    const summary = await runReplay({ ...replay.options, dryRun: true });
    expect(summary).toMatchObject({ selected: 120, settled: 0, left: 120 });
    expect(replay.events.filter(({ kind }) => kind === 'would-run')).toHaveLength(120);
    expect(await queue.facts()).toMatchObject({ visible: 120, inFlight: 0 });
  });
});
