import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startLocalStack } from '../../../src/local/index.ts';
import { startService } from '../../../src/local/service/start-service.ts';
import { compileFilterCriteria } from '../../../src/filter/compile-filter-criteria.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { clientsOf } from '../../local/service/small-service.ts';
import type { TemplateResource } from './package-service.ts';
import { packageIn, packageService, serviceFolder } from './package-service.ts';
import { handler, yml } from './shop-service.ts';

type Packaged = Awaited<ReturnType<typeof packageIn>>;

const shop = {
  'handlers/orders.ts': handler('greet'),
  'handlers/totals.ts': handler(
    'count',
    `{ ledger: dynamoDBLedger({ guarantee: 'checkpoint' }), order: 'shard' }`,
  ),
  'serverless.yml': yml(
    `  orders:
    handler: handlers/orders.handler
    environment: { GREETING: hello }
    events:
      - spillway: { table: Shop }
  totals:
    handler: handlers/totals.handler
    timeout: 60
    events:
      - spillway: { table: !GetAtt Shop.StreamArn, batchSize: 500, batchWindow: 1 }`,
    '  spillway: { tracing: true, pointInTimeRecovery: true }',
  ),
};

/** As a template is reviewed (a .txt, so that nothing formats it): without the framework's own bucket, and what is another with each package. */
const reviewed = (resources: Packaged['resources']) =>
  Object.fromEntries(
    Object.entries(resources)
      .filter(([name]) => !/^ServerlessDeployment|LambdaVersion/.test(name))
      .map(([name, resource]) => {
        const properties = Object.entries(resource.Properties).filter(([property]) => property !== 'Code');
        return [name, { ...resource, Properties: Object.fromEntries(properties) }];
      }),
  );

/** The logical IDs in Ref and Fn::GetAtt that the template does not have. */
const danglingIn = (watching: readonly TemplateResource[], resources: Packaged['resources']) =>
  [...JSON.stringify(watching).matchAll(/{"(?:Ref":|Fn::GetAtt":\[)"([^"]+)"/g)]
    .flatMap(([, name]) => name ?? [])
    .filter((name) => !name.startsWith('AWS::') && !Object.hasOwn(resources, name));

describe('a packaged service', () => {
  let service: ReturnType<typeof serviceFolder>;
  let packaged: Packaged;
  beforeAll(async () => {
    service = serviceFolder(shop);
    packaged = await packageIn(service.folder);
  });
  afterAll(() => service.remove());

  const ofType = (type: string): readonly TemplateResource[] =>
    Object.values(packaged.resources).filter(({ Type }) => Type === type);

  it('is as it was reviewed', async () => {
    expect(packaged.said).not.toMatch(/spillway:/);
    await expect(`${JSON.stringify(reviewed(packaged.resources), null, 2)}\n`).toMatchFileSnapshot(
      'reviewed-template.txt',
    );
  });

  it('leaves nothing in its folder but the package', () => {
    expect(packaged.left).toEqual(['.serverless']);
  });

  it('has mappings that read responses, halve, and end; and send what they give up to the queue', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties);
    expect(mappings).toHaveLength(2);
    for (const mapping of mappings) {
      expect(mapping).toMatchObject({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        DestinationConfig: {
          OnFailure: { Destination: { 'Fn::GetAtt': ['SpillwayDeadLetters', 'Arn'] } },
        },
      });
      expect(mapping['MaximumRetryAttempts']).toBeLessThan(1_000);
      expect(mapping['MaximumRecordAgeInSeconds']).toBeLessThan(86_400);
      expect(mapping).not.toHaveProperty('ParallelizationFactor');
    }
  });

  it('has filters through which what the routes accept passes, and the rest does not', () => {
    for (const { Properties } of ofType('AWS::Lambda::EventSourceMapping')) {
      const passes = compileFilterCriteria(
        Properties['FilterCriteria'] as Parameters<typeof compileFilterCriteria>[0],
      );
      const keys = { keys: ['pk'] };
      expect(passes(insertRecord({ pk: 'ORDER#1' }, keys))).toBe(true);
      expect(passes(insertRecord({ pk: 'CART#1' }, keys))).toBe(false);
    }
  });

  it('allows nothing on everything but tracing', () => {
    const text = JSON.stringify(ofType('AWS::IAM::Role').map(({ Properties }) => Properties['Policies']));
    expect(text).not.toMatch(/"(dynamodb|sqs|kms|s3):\*"/);
    expect(text.match(/"Resource":\[?"\*"/g)).toHaveLength(1);
  });

  it('has events counted by each mapping, and alarms and a dashboard that refer to what is there', () => {
    for (const { Properties } of ofType('AWS::Lambda::EventSourceMapping'))
      expect(Properties['MetricsConfig']).toEqual({ Metrics: ['EventCount'] });
    const watching = [...ofType('AWS::CloudWatch::Alarm'), ...ofType('AWS::CloudWatch::Dashboard')];
    expect(watching).toHaveLength(2 * 3 + 2 * 2 + 3 + 1);
    expect(danglingIn(watching, packaged.resources)).toEqual([]);
  });

  it('keeps the queue and the ledger when the stack goes', () => {
    for (const name of ['SpillwayDeadLetters', 'SpillwayLedger'])
      expect(packaged.resources[name]).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
  });

  it('handles a change, and writes a letter of one that cannot be handled, from its zip', async () => {
    const stack = await startLocalStack();
    onTestFinished(() => stack.stop());
    const said: string[] = [];
    const running = await startService({
      stack,
      templatePath: packaged.templatePath,
      stackName: 'shop',
      sdkFrom: service.folder,
      onInvocation: () => undefined,
      onGivenUp: () => undefined,
      onLine: ({ text }) => said.push(text),
      onError: (error) => said.push(String(error)),
    });
    onTestFinished(() => running.stop({ abandon: true }));
    const { put, take } = clientsOf(stack, 'Shop');
    for (const key of ['ORDER#good', 'CART#other', 'ORDER#bad']) await put(key);
    await running.untilCaughtUp();
    expect(said.filter((line) => /^(greet|count) /.test(line)).toSorted()).toEqual([
      'count ORDER#good',
      'greet ORDER#good',
    ]);
    const url = running.applied().queueUrls.get('SpillwayDeadLetters') ?? '';
    const letters = [await take(url), await take(url)] as readonly { readonly consumer: string }[];
    expect(letters.map(({ consumer }) => consumer).toSorted()).toEqual(['orders', 'totals']);
  });
});

describe('a service that brings its own', () => {
  it('gets nothing that it has, whatever the order of its plugins', async () => {
    const own = yml(
      `  orders:
    handler: handlers/orders.handler
    events:
      - spillway: { table: Shop, maximumRetryAttempts: 20 }`,
      '  spillway: { deadLetterQueue: Letters, ledgerTable: "arn:aws:dynamodb:eu-central-1:123456789012:table/Done", alarms: false, dashboard: false }',
    ).replace('[serverless-esbuild, spillway/serverless]', '[spillway/serverless, serverless-esbuild]');
    const { resources } = await packageService({
      ...shop,
      'serverless.yml': `${own}    Letters: { Type: AWS::SQS::Queue }\n`,
    });
    expect(Object.keys(resources).filter((name) => name.startsWith('Spillway'))).toEqual([]);
    expect(resources['OrdersLambdaFunction']?.Properties['Environment']).toEqual({
      Variables: {
        SPILLWAY_LEDGER_TABLE: 'Done',
        SPILLWAY_DLQ_URL: { Ref: 'Letters' },
        SPILLWAY_CONSUMER: 'shop-dev-orders',
      },
    });
    expect(resources['OrdersEventSourceMappingDynamodbShop']?.Properties).toMatchObject({
      MaximumRetryAttempts: 20,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Letters', 'Arn'] } } },
    });
    expect(resources['OrdersEventSourceMappingDynamodbShop']?.Properties).not.toHaveProperty('MetricsConfig');
  });

  it('is watched by the names of what is not of its stack, and tells whom it is to tell', async () => {
    const own = yml(
      `  orders-new:
    handler: handlers/orders.handler
    events:
      - spillway: { table: !ImportValue Shop-Stream }`,
      `  spillway:
    deadLetterQueue: "arn:aws:sqs:eu-central-1:123456789012:letters"
    metricsNamespace: Shop/Orders
    alarms: { topic: !ImportValue Calls, iteratorAgeSeconds: 600, pointerAgeSeconds: 3600, letterAgeSeconds: 86400 }`,
    );
    const { said, resources } = await packageService({ ...shop, 'serverless.yml': own });
    expect(said).not.toMatch(/spillway:/);
    const watching = Object.values(resources).filter(({ Type }) => Type.startsWith('AWS::CloudWatch'));
    expect(watching).toHaveLength(3 + 2 + 3 + 1);
    expect(danglingIn(watching, resources)).toEqual([]);
    expect(resources['SpillwayAlarmOrdersDashnewBehind']?.Properties).toMatchObject({
      Threshold: 600_000,
      AlarmActions: [{ 'Fn::ImportValue': 'Calls' }],
    });
    expect(JSON.stringify(resources['SpillwayDashboard'])).toContain('Shop/Orders');
  });
});
