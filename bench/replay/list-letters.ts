import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { localConfig } from './clients.ts';
import { prepareGround } from './ground.ts';
import { startQueueProcess } from './queue-process.ts';
import type { TurnOutcome } from './take-turn.ts';

const program = join(import.meta.dirname, '../../src/cli/spillway.ts');
const reporter = new URL('./report-usage.ts', import.meta.url).href;

/** `spillway dlq list` as a user runs it, from the start of its process to the end. */
export async function measureList(letters: number, dynamodbEndpoint: string): Promise<TurnOutcome> {
  await using queue = await startQueueProcess();
  const endpoints = { sqs: queue.endpoint, dynamodb: dynamodbEndpoint };
  const needs = { letters, ledger: false, items: false, target: false };
  await using ground = await prepareGround(`list-${letters}`, endpoints, needs);
  const before = await queue.usage();
  const beganAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--conditions=spillway-source',
      `--import=${reporter}`,
      program,
      ...['dlq', 'list', '--json', '--queue', ground.queueUrl],
    ],
    {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      env: {
        ...process.env,
        AWS_REGION: localConfig.region,
        AWS_ACCESS_KEY_ID: localConfig.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: localConfig.credentials.secretAccessKey,
      },
    },
  );
  const [said, reported] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stdio[3] as Readable),
  ]);
  const ms = performance.now() - beganAt;
  const after = await queue.usage();
  const wrong = wrongIn(said, letters);
  if (wrong !== undefined) return { kind: 'failed', reason: wrong };
  const { cpuMs, peakBytes } = JSON.parse(reported) as ProcessUsage;
  return {
    kind: 'measured',
    took: { ms, cpuMs, peakBytes, liveBytes: 0 },
    queue: { cpuMs: after.cpuMs - before.cpuMs, busyMs: after.busyMs - before.busyMs },
  };
}

/** What `report-usage.ts` writes when a process ends. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** The last line is about the whole. */
function wrongIn(said: string, letters: number): string | undefined {
  const { selected } = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as { readonly selected?: number };
  return selected === letters ? undefined : `${selected ?? 'none'} of ${letters} letters were listed`;
}
