import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import { expect, onTestFinished } from 'vitest';
import type { InvocationReport, LocalStack, OnFailurePointer } from '../../../src/local/index.ts';
import type { ServiceOptions } from '../../../src/local/service/service-options.ts';
import { startService } from '../../../src/local/service/start-service.ts';
import type { JsonObject } from '../../../src/local/template/json.ts';

/** Says every key that it is given, with the name of the change and whether time deleted it. */
export const teller = (version = 'said'): string => `
export const handler = async ({ Records }) => {
  for (const { eventName, dynamodb, userIdentity } of Records)
    console.log(['${version}', eventName, dynamodb.Keys.pk.S, userIdentity?.principalId].filter(Boolean).join(' '));
};`;

export const zipOf = (files: Readonly<Record<string, string>>): Uint8Array =>
  zipSync(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)])),
    // The same files make the same zip, whenever.
    { mtime: new Date(2026, 0, 1) },
  );

export const table = (more: JsonObject = {}): JsonObject => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    ...more,
  },
});
export const lambda = (code: string, more: JsonObject = {}): JsonObject => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Code: code, Handler: 'index.handler', Runtime: 'nodejs24.x', ...more },
});
export const mapping = (functionId: string, more: JsonObject = {}): JsonObject => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': ['Items', 'StreamArn'] },
    FunctionName: { Ref: functionId },
    StartingPosition: 'TRIM_HORIZON',
    ...more,
  },
});

/** A table `Items`, a function `Told` whose code is in `told/`, and the mapping between them. */
export const resources: JsonObject = { Items: table(), Told: lambda('told'), Mapping: mapping('Told') };

/** A folder with a template and code in it, gone after the test. */
export function projectOf(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-project-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const templatePath = join(folder, 'template.json');
  const write = (more: Readonly<Record<string, string | Uint8Array>>) => {
    for (const [name, content] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  };
  write(files);
  return { folder, templatePath, write };
}

/** Runs a service on a stack, and remembers what was seen of it. */
export async function runService(
  stack: LocalStack,
  stackName: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<ServiceOptions> = {},
) {
  const project = projectOf(files);
  const lines: string[] = [];
  const reports: (InvocationReport & { readonly functionName: string })[] = [];
  const pointers: OnFailurePointer[] = [];
  const errors: Error[] = [];
  const start = (on = stack) =>
    startService({
      stack: on,
      stackName,
      templatePath: project.templatePath,
      onInvocation: (functionName, report) => reports.push({ functionName, ...report }),
      onGivenUp: (_, pointer) => pointers.push(pointer),
      onLine: ({ text }) => lines.push(text),
      onError: (error) => errors.push(error),
      ...options,
    });
  const service = await start();
  onTestFinished(() => service.stop({ abandon: true }));
  return {
    ...project,
    service,
    start,
    lines,
    reports,
    pointers,
    errors,
    says: (line: string, timeout = 10_000) =>
      expect.poll(() => lines, { timeout, interval: 20 }).toContain(line),
    ...clientsOf(stack, `${stackName}-Items`),
  };
}

export const templateOf = (Resources: JsonObject): string => JSON.stringify({ Resources });

export function clientsOf({ environment }: LocalStack, TableName: string) {
  const config = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const dynamodb = new DynamoDBClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
  const sqs = new SQSClient({
    ...config,
    endpoint: environment.AWS_ENDPOINT_URL_SQS,
    useQueueUrlAsEndpoint: false,
  });
  onTestFinished(() => {
    dynamodb.destroy();
    sqs.destroy();
  });
  return {
    dynamodb,
    sqs,
    put: async (pk: string, expires?: number) => {
      const time = expires === undefined ? {} : { expires: { N: String(expires) } };
      await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, ...time } }));
    },
    remove: async (pk: string) => {
      await dynamodb.send(new DeleteItemCommand({ TableName, Key: { pk: { S: pk } } }));
    },
    deleteTable: async () => {
      await dynamodb.send(new DeleteTableCommand({ TableName }));
    },
    /** The body of the first message, waited for. */
    take: async (QueueUrl: string): Promise<unknown> => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
      for (const { ReceiptHandle } of Messages)
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return JSON.parse(Messages[0]?.Body ?? 'null') as unknown;
    },
  };
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
