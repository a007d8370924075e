import { createRequire } from 'node:module';
import { join } from 'node:path';
import { localConfig } from '../clients.ts';
import type { Run } from '../contestants.ts';
import type { Turn } from '../turn.ts';

type SendToTarget = (messages: readonly unknown[]) => Promise<void>;

interface Command {
  readonly sendToSQS: (queueUrl: string, options: object) => SendToTarget;
  readonly replay: (queueUrl: string, concurrency: number, send: SendToTarget) => Promise<void>;
}

interface Aws {
  readonly SQS: new () => unknown;
}

/** Its default. */
const pollers = 10;

/**
 * What its command does when it has looked the queues up, without asking npm for its newest version and without telling
 * anybody that it was used. The ten receives of each poller that find nothing at the end are not counted.
 */
export function lumigoCli({ peerFolder, queueUrl, targetUrl }: Turn): Run {
  const load = createRequire(join(peerFolder, 'package.json'));
  const Replay = load('lumigo-cli/src/commands/replay-sqs-dlq.js') as new (
    words: readonly string[],
    config: object,
  ) => Command;
  const { getAWSSDK } = load('lumigo-cli/src/lib/aws.js') as { readonly getAWSSDK: () => Aws };
  // It keeps its options where all of its modules find them.
  Object.assign(globalThis, { region: localConfig.region, keep: false });
  const aws = getAWSSDK();
  Object.assign(globalThis, { SQS: new aws.SQS() });
  const command = new Replay([], {});
  return async () => {
    const send = command.sendToSQS(targetUrl, {});
    let lastAt = NaN;
    await command.replay(queueUrl, pollers, async (messages) => {
      await send(messages);
      lastAt = performance.now();
    });
    return lastAt;
  };
}
