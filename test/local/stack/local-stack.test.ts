import { createServer } from 'node:http';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../../src/local/index.ts';
import { startDynoxide } from '../../../src/local/stack/start-dynoxide.ts';
import { sqsClient } from '../../dead-letter/queues.ts';
import { idOf, openShop } from '../shop.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-'));
});
afterAll(() => rm(folder, { recursive: true }));

const namesIn = async ({ environment }: Pick<LocalStack, 'environment'>) => {
  const config = { region: environment.AWS_REGION, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const dynamodb = new DynamoDBClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
  const sqs = new SQSClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_SQS });
  const [{ TableNames }, { QueueUrls = [] }] = await Promise.all([
    dynamodb.send(new ListTablesCommand()),
    sqs.send(new ListQueuesCommand()),
  ]);
  dynamodb.destroy();
  sqs.destroy();
  return { tables: TableNames, queues: QueueUrls.map((url) => url.split('/').at(-1)) };
};

const answers = (endpoint: string) =>
  fetch(endpoint).then(
    () => true,
    () => false,
  );

describe('a local stack', () => {
  it('answers as soon as it is there, sets no environment, and is gone when it is stopped', async () => {
    const before = { ...process.env };
    const stack = await startLocalStack();
    const { endpoints, environment } = stack;
    expect(await namesIn(stack)).toEqual({ tables: [], queues: [] });
    expect(environment).toEqual({
      AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodb,
      AWS_ENDPOINT_URL_SQS: endpoints.sqs,
      AWS_ENDPOINT_URL_S3: endpoints.sqs,
      AWS_ENDPOINT_URL_SNS: endpoints.sqs,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_PROFILE: '',
    });
    expect(process.env).toEqual(before);

    await Promise.all([stack.stop(), stack.stop()]);
    await stack.stop();
    expect(await Promise.all(Object.values(endpoints).map(answers))).toEqual([false, false]);
  });

  it('is not in the way of another', async () => {
    await using one = await startLocalStack();
    await using two = await startLocalStack();
    const shop = await openShop(one, 'OnlyHere');
    shop.close();
    expect(await namesIn(one)).toEqual({ tables: ['OnlyHere'], queues: ['OnlyHere-failures'] });
    expect(await namesIn(two)).toEqual({ tables: [], queues: [] });
  });

  it('keeps tables, queues and the stream in its folder', async () => {
    const dataDir = join(folder, 'not', 'there', 'yet');
    const first = await startLocalStack({ dataDir });
    const shop = await openShop(first, 'Kept');
    await shop.put('a', 'b');
    const delivered: string[] = [];
    const follow = (stack: LocalStack, resumeFrom = {}) =>
      startEventSourceMapping({
        EventSourceArn: shop.streamArn,
        StartingPosition: 'TRIM_HORIZON',
        stack,
        resumeFrom,
        invoke: ({ Records }) => void delivered.push(...Records.map(idOf)),
      });
    const mapping = await follow(first);
    await mapping.untilCaughtUp();
    await mapping.stop();
    await shop.put('c');
    shop.close();
    await first.stop();

    await using second = await startLocalStack({ dataDir });
    expect(await namesIn(second)).toEqual({ tables: ['Kept'], queues: ['Kept-failures'] });
    await using resumed = await follow(second, mapping.checkpoints());
    await resumed.untilCaughtUp();
    expect(delivered).toEqual(['a', 'b', 'c']);
  });

  it('gives a message back at once with its receive count, and keeps that, with a folder', async () => {
    const dataDir = join(folder, 'given-back');
    const receive = async (stack: LocalStack, giveBack: boolean) => {
      const sqs = sqsClient(stack);
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'letters' }));
      if (giveBack) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
      const counts: (string | undefined)[] = [];
      for (let time = 1; time <= 2; time += 1) {
        const { Messages: [message] = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['ApproximateReceiveCount'] }),
        );
        counts.push(message?.Attributes?.['ApproximateReceiveCount']);
        const back = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
        await sqs.send(new ChangeMessageVisibilityCommand(back));
      }
      sqs.destroy();
      return counts;
    };
    const first = await startLocalStack({ dataDir });
    expect(await receive(first, true)).toEqual(['1', '2']);
    await first.stop();
    await using second = await startLocalStack({ dataDir });
    expect(await receive(second, false)).toEqual(['3', '4']);
  });

  it('says so when DynamoDB ends by itself', async () => {
    const path = join(folder, 'short-lived');
    await writeFile(path, '#!/bin/sh\necho "Dynoxide listening on http://127.0.0.1:$3" >&2\nsleep 0.1\n');
    await chmod(path, 0o755);
    const engine = await startDynoxide({ path, environment: process.env });
    await expect(engine.died).resolves.toMatchObject({
      code: 'LOCAL_STACK',
      message: expect.stringContaining('has ended by itself') as string,
    });
    await engine.stop();
  });

  it('tries other ports, and gives up with what the program said', async () => {
    const path = join(folder, 'always-taken');
    const ports = join(folder, 'ports');
    await writeFile(path, `#!/bin/sh\necho "$3" >> ${ports}\necho "port $3 is already in use" >&2\nexit 1\n`);
    await chmod(path, 0o755);
    await expect(startDynoxide({ path, environment: process.env })).rejects.toThrow(
      /5 times in a row.+is already in use/,
    );
  });

  it('uses a DynamoDB that runs already, with the credentials of the user, and leaves it running', async () => {
    const other = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    vi.resetModules();
    vi.doMock('../../../src/local/stack/find-dynoxide.ts', () => ({
      findDynamoDB: () => ({ kind: 'endpoint', url }),
    }));
    const { startLocalStack: startWithMock } = await import('../../../src/local/stack/start-local-stack.ts');
    const environment = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'own' };
    const stack = await startWithMock({ environment });
    expect(stack.environment).toMatchObject({ ...environment, AWS_ENDPOINT_URL_DYNAMODB: url });
    await stack.stop();
    expect(await answers(url)).toBe(true);

    other.closeAllConnections();
    other.close();
    await expect(startWithMock({ environment })).rejects.toThrow(`Nothing answers at ${url}.`);
    vi.doUnmock('../../../src/local/stack/find-dynoxide.ts');
  });

  it('says how to install fauxqs when it is missing, and leaves no DynamoDB behind', async () => {
    const stop = vi.fn(() => Promise.resolve());
    vi.resetModules();
    vi.doMock('fauxqs', () => {
      throw new Error("Cannot find package 'fauxqs'");
    });
    vi.doMock('../../../src/local/stack/start-dynoxide.ts', () => ({
      startDynoxide: () => Promise.resolve({ endpoint: '', died: Promise.resolve(), stop }),
    }));
    const { startLocalStack: startWithout } = await import('../../../src/local/stack/start-local-stack.ts');
    await expect(startWithout()).rejects.toThrow('npm install --save-dev fauxqs');
    expect(stop).toHaveBeenCalledOnce();
    vi.doUnmock('../../../src/local/stack/start-dynoxide.ts');
    vi.doUnmock('fauxqs');
  });
});
