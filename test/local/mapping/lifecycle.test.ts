import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { startEventSourceMapping } from '../../../src/local/index.ts';
import type { EventSourceMappingOptions } from '../../../src/local/index.ts';
import { mappingSettings } from '../../../src/local/mapping/mapping-settings.ts';
import { runScripted } from '../run-scripted.ts';
import { recordOf, scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { virtualClock } from '../virtual-clock.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface SentCommand {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, string>>;
}

/** A stream of one shard behind the SDK's face. */
function fakeClient(count: number) {
  const records = Array.from({ length: count }, (_, i) => recordOf(i + 1));
  const calls: string[] = [];
  const send = async (command: SentCommand) => {
    await sleep(5);
    const { name } = command.constructor;
    calls.push(name);
    if (name === 'DescribeStreamCommand')
      return { StreamDescription: { StreamStatus: 'ENABLED', Shards: [{ ShardId: 's' }] } };
    if (name === 'GetShardIteratorCommand') {
      const after = Number(command.input['SequenceNumber'] ?? 0);
      return { ShardIterator: String(after) };
    }
    const from = Number(command.input['ShardIterator']);
    return { Records: records.slice(from), NextShardIterator: String(records.length) };
  };
  return { client: { send, destroy: () => undefined } as unknown as DynamoDBStreamsClient, calls };
}
const options = (client: DynamoDBStreamsClient): EventSourceMappingOptions => ({
  EventSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Shop/stream/1',
  StartingPosition: 'TRIM_HORIZON',
  clients: { streams: client },
  pollIntervalMs: 5,
  invoke: () => null,
  onError: () => undefined,
});

describe('enabling, disabling and stopping:', () => {
  it('two enables at once start one reading', async () => {
    const { client, calls } = fakeClient(3);
    const delivered: number[] = [];
    const mapping = await startEventSourceMapping({
      ...options(client),
      Enabled: false,
      invoke: ({ Records }) => void delivered.push(Records.length),
    });
    await Promise.all([mapping.enable(), mapping.enable()]);
    await mapping.untilCaughtUp();
    await sleep(50);
    await mapping.stop();
    const atStop = calls.length;
    await sleep(300);
    expect(delivered).toEqual([3]);
    expect(calls.length - atStop).toBe(0);
  });
  it('stop while enable is under way stops it', async () => {
    const { client, calls } = fakeClient(3);
    const mapping = await startEventSourceMapping({ ...options(client), Enabled: false });
    const enabling = mapping.enable();
    await mapping.stop();
    await enabling;
    const atStop = calls.length;
    await sleep(300);
    const state = mapping.state();
    await mapping.stop(); // clean up, if it works
    expect(state).toBe('Disabled');
    expect(calls.length - atStop).toBe(0);
  });
  it('enable during disable is not forgotten', async () => {
    const { client } = fakeClient(3);
    const mapping = await startEventSourceMapping(options(client));
    const disabling = mapping.disable();
    await mapping.enable();
    await disabling;
    const state = mapping.state();
    await mapping.stop();
    expect(state).toBe('Enabled');
  });
});

describe('the settings:', () => {
  it('pollIntervalMs above 250 has an effect', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [] }]);
    const waits: number[] = [];
    await runScripted(streams, {
      pollIntervalMs: 60_000,
      shardDiscoveryIntervalMs: 3_600_000,
      clock: {
        now: () => Date.now(),
        sleep: (ms, signal) => {
          waits.push(ms);
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
        },
      },
    });
    await expect.poll(() => waits.length).toBe(2);
    expect(Math.min(...waits)).toBe(60_000);
  });
  it('two FunctionResponseTypes', () => {
    const { client } = fakeClient(0);
    expect(() =>
      mappingSettings({
        ...options(client),
        FunctionResponseTypes: ['ReportBatchItemFailures', 'ReportBatchItemFailures'],
      }),
    ).toThrow();
  });
});

describe('a tumbling window:', () => {
  it('the report of a batch comes before that of the early end it caused', async () => {
    const { mapping, reports } = await runScripted(
      streamsOf([{ shardId: 'a', isClosed: true, records: [{ n: 1, second: 1 }] }]),
      {
        clock: virtualClock(60_000),
        TumblingWindowInSeconds: 30,
        invoke: (event) => ({ state: { big: event.Records.length > 0 ? 'x'.repeat(1_048_577) : '' } }),
      },
    );
    await mapping.untilCaughtUp();
    expect(reports.map(({ batchSize }) => batchSize)).toEqual([1, 0, 0]);
  });
  it('a late record does not re-open a window that has had its final call', async () => {
    const seen: unknown[] = [];
    const { mapping } = await runScripted(
      streamsOf([
        {
          shardId: 'a',
          isClosed: true,
          records: [
            { n: 1, second: 29 },
            { n: 2, second: 31 },
            { n: 3, second: 29 },
            { n: 4, second: 32 },
          ],
        },
      ]),
      {
        clock: virtualClock(100_000),
        TumblingWindowInSeconds: 30,
        BatchSize: 1,
        invoke: (event) => {
          const e = event as unknown as {
            window: { start: string };
            isFinalInvokeForWindow: boolean;
            state: object;
            Records: unknown[];
          };
          seen.push([e.Records.length, e.window.start.slice(14, 19), e.isFinalInvokeForWindow]);
          return { state: { n: 1 } };
        },
      },
    );
    await mapping.untilCaughtUp();
    const finals = seen
      .filter((one) => Array.isArray(one) && one[2] === true)
      .map((one) => (one as unknown[])[1]);
    expect(new Set(finals).size).toBe(finals.length);
  });
  it('windows by BatchSize: a late record inside a batch is treated as it is alone', async () => {
    const run = async (BatchSize: number) => {
      const seen: unknown[] = [];
      const { mapping } = await runScripted(
        streamsOf([
          {
            shardId: 'a',
            isClosed: true,
            records: [
              { n: 2, second: 31 },
              { n: 3, second: 29 },
              { n: 4, second: 32 },
            ],
          },
        ]),
        {
          clock: virtualClock(100_000),
          TumblingWindowInSeconds: 30,
          BatchSize,
          invoke: (event) => {
            const e = event as unknown as {
              window: { start: string };
              Records: { dynamodb: { SequenceNumber: string } }[];
            };
            seen.push(...e.Records.map((r) => [r.dynamodb.SequenceNumber, e.window.start.slice(14, 19)]));
            return { state: { n: 1 } };
          },
        },
      );
      await mapping.untilCaughtUp();
      return seen;
    };
    expect(await run(1)).toEqual(await run(3));
  });
});

describe('record age:', () => {
  it('with a limit of one retry no record is delivered more than twice though others expire', async () => {
    const clock = virtualClock(0);
    const { mapping, delivered } = await runScripted(
      streamsOf([
        {
          shardId: 'a',
          isClosed: true,
          records: Array.from({ length: 10 }, (_, i) => ({ n: i + 1, second: i * 2 })),
        },
      ]),
      {
        clock,
        MaximumRecordAgeInSeconds: 60,
        MaximumRetryAttempts: 4,
        FunctionResponseTypes: [],
        retry: { baseDelayMs: 1_000, maxDelayMs: 1_000 },
        random: () => 0.5,
        invoke: async () => {
          if (clock.now() < 58_000) await clock.sleep(58_500 - clock.now(), new AbortController().signal);
          throw new Error('no');
        },
        timeoutMs: 900_000,
      },
    );
    await mapping.untilCaughtUp();
    const times = delivered().filter((n) => n === '10').length;
    expect(times).toBeLessThanOrEqual(5);
  });
});
