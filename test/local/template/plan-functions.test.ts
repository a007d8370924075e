import { describe, expect, it } from 'vitest';
import { LocalStackError } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/local/template/json.ts';
import { planFunctions } from '../../../src/local/template/plan-functions.ts';
import { readTemplate } from '../../../src/local/template/read-template.ts';
import { attributeOf, fixture, options, shopTemplate } from './templates.ts';

const planOf = async (name: string) =>
  planFunctions(await readTemplate(fixture(name)), { ...options, attributeOf });
const planWith = (changes: Parameters<typeof shopTemplate>[0]) =>
  planFunctions(shopTemplate(changes), { ...options, attributeOf });

describe('the functions of a service that osls has packaged', () => {
  it('have the zip beside the template, and in their environment what the stack has created', async () => {
    const { functions, warnings, notRun } = await planOf('osls.json');
    const common = {
      runtime: 'nodejs24.x',
      code: { kind: 'zip', path: fixture('spillway-shop.zip') },
      timeoutSeconds: 30,
      memorySizeMb: 512,
    };
    const environment = {
      SHOP_TABLE: 'shop-ShopTable',
      SPILLWAY_LEDGER_TABLE: 'shop-LedgerTable',
      SPILLWAY_DLQ_URL: 'http://127.0.0.1:1/123456789012/DeadLetters',
    };
    expect(functions).toEqual([
      {
        ...common,
        logicalId: 'OrdersLambdaFunction',
        name: 'spillway-shop-dev-orders',
        handler: 'handlers/orders.handler',
        environment: { ...environment, SPILLWAY_CONSUMER: 'orders' },
      },
      {
        ...common,
        logicalId: 'TotalsLambdaFunction',
        name: 'spillway-shop-dev-totals',
        handler: 'handlers/totals.handler',
        environment: { ...environment, SPILLWAY_CONSUMER: 'totals' },
      },
    ]);
    expect([warnings, notRun]).toEqual([[], []]);
  });

  it('are mapped to the stream of the table, with the settings in the words of AWS', async () => {
    const { mappings } = await planOf('osls.json');
    const source = {
      kind: 'table',
      logicalId: 'ShopTable',
      streamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/ShopTable/stream/2026-01-01T00:00:00.000',
    };
    expect(mappings).toEqual([
      {
        logicalId: 'OrdersEventSourceMappingDynamodbShopTable',
        functionLogicalId: 'OrdersLambdaFunction',
        source,
        settings: {
          BatchSize: 100,
          Enabled: true,
          StartingPosition: 'TRIM_HORIZON',
          MaximumRetryAttempts: 1000,
          BisectBatchOnFunctionError: true,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          MaximumRecordAgeInSeconds: 43200,
          DestinationConfig: {
            OnFailure: { Destination: 'arn:aws:sqs:eu-central-1:123456789012:shop-DeadLetters' },
          },
        },
      },
      {
        logicalId: 'TotalsEventSourceMappingDynamodbShopTable',
        functionLogicalId: 'TotalsLambdaFunction',
        source,
        settings: {
          BatchSize: 100,
          Enabled: true,
          StartingPosition: 'TRIM_HORIZON',
          FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
        },
      },
    ]);
  });

  it('leave outputs that cannot be resolved with the reason', async () => {
    const { outputs } = await planOf('osls.json');
    expect(outputs).toEqual({
      ServerlessDeploymentBucketName: { kind: 'value', value: 'shop-serverlessdeploymentbucket' },
      OrdersLambdaFunctionQualifiedArn: {
        kind: 'value',
        value: 'arn:aws:lambda:eu-central-1:123456789012:function:spillway-shop-dev-orders:1',
      },
      RoleArn: {
        kind: 'unresolved',
        reason:
          'Outputs.RoleArn.Value asks for IamRoleLambdaExecution.Arn, but a local stack creates no AWS::IAM::Role. ' +
          'Put a parameter with a Default in its place, or a literal value; a variable can be given from outside ' +
          '(spillway dev --env NAME=VALUE).',
      },
      DeadLettersUrl: { kind: 'value', value: 'http://127.0.0.1:1/123456789012/DeadLetters' },
    });
  });
});

describe('the functions of a SAM template', () => {
  it('have what the globals say, and their events as mappings', async () => {
    const { functions, mappings } = await planOf('sam.yaml');
    expect(functions).toEqual([
      {
        logicalId: 'OrdersFunction',
        name: 'shop-OrdersFunction',
        handler: 'app.handler',
        runtime: 'nodejs22.x',
        code: { kind: 'folder', path: fixture('build/orders') },
        environment: {
          STAGE: 'dev',
          LOG_LEVEL: 'debug',
          TABLE: 'shop-dev',
          QUEUE: 'http://127.0.0.1:1/123456789012/Orders',
          OWN: 'b-arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev-${Literal}',
          SECRET: '{{resolve:secretsmanager:shop}}',
        },
        timeoutSeconds: 20,
        memorySizeMb: 256,
      },
    ]);
    expect(mappings).toEqual([
      {
        logicalId: 'OrdersFunctionStream',
        functionLogicalId: 'OrdersFunction',
        source: { kind: 'table', logicalId: 'Shop', streamArn: attributeOf('Shop', 'StreamArn') },
        settings: {
          StartingPosition: 'LATEST',
          BatchSize: 10,
          MaximumBatchingWindowInSeconds: 1,
          ParallelizationFactor: 2,
          TumblingWindowInSeconds: 60,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
          DestinationConfig: {
            OnFailure: { Destination: 'arn:aws:sqs:eu-central-1:123456789012:shop-Plain' },
          },
        },
      },
    ]);
  });

  it('leave what does not run here with the reason, a function in Python too if only a queue invokes it', async () => {
    const { notRun, warnings, outputs } = await planOf('sam.yaml');
    expect(notRun).toEqual([
      {
        logicalId: 'OrdersFunctionWeb',
        type: 'Api',
        reason: 'only events of type DynamoDB, SQS and HttpApi invoke functions here',
      },
      {
        logicalId: 'KinesisMapping',
        type: 'AWS::Lambda::EventSourceMapping',
        reason:
          'its source is Clicks, an AWS::Kinesis::Stream; only streams of DynamoDB, and queues of this template, are read here',
      },
      {
        logicalId: 'PythonFunction',
        type: 'AWS::Serverless::Function',
        reason:
          'Resources.PythonFunction.Properties.Runtime is python3.13, so PythonFunction does not run here: only nodejs ' +
          'runtimes do. Take its mapping out, or behind a Condition',
      },
      {
        logicalId: 'QueueMapping',
        type: 'AWS::Lambda::EventSourceMapping',
        reason: 'its function PythonFunction does not run here',
      },
    ]);
    expect(warnings).toEqual([
      'OrdersFunction has Layers, which are not there here: its code must bring along what it imports.',
      'The variable SECRET of OrdersFunction refers to a value that is kept in AWS; here it holds the reference itself.',
      'KmsKeyArn of OrdersFunctionStream has no effect here.',
    ]);
    expect(outputs).toMatchObject({
      Url: { kind: 'value', value: 'http://127.0.0.1:1/123456789012/Plain' },
      Dev: { kind: 'value', value: 'dev/123456789012' },
      Shared: {
        kind: 'unresolved',
        reason: expect.stringContaining('Outputs.Shared.Value is made by Fn::ImportValue') as string,
      },
    });
    expect(outputs).not.toHaveProperty('OnlyProd');
  });
});

describe('the functions of a CDK template', () => {
  it('have the folder of their asset, and are found through an alias', async () => {
    const { functions, mappings } = await planOf('cdk.template.json');
    expect(functions).toEqual([
      {
        logicalId: 'Orders9C0D1E2F',
        name: 'shop-Orders9C0D1E2F',
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        code: { kind: 'folder', path: fixture('asset.0f1e2d3c') },
        environment: { SHOP_TABLE: 'shop-Shop1A2B3C4D', AWS_NODEJS_CONNECTION_REUSE_ENABLED: '1' },
        timeoutSeconds: 3,
        memorySizeMb: 128,
      },
    ]);
    expect(mappings).toMatchObject([
      {
        functionLogicalId: 'Orders9C0D1E2F',
        source: { kind: 'table', logicalId: 'Shop1A2B3C4D' },
        settings: { BatchSize: 50, StartingPosition: 'LATEST' },
      },
    ]);
  });
});

describe('a mapping', () => {
  it.each([
    'shop-Orders',
    'shop-Orders:live',
    '123456789012:function:shop-Orders',
    'arn:aws:lambda:eu-central-1:123456789012:function:shop-Orders',
    'arn:aws:lambda:eu-central-1:123456789012:function:shop-Orders:7',
  ])('finds its function by %s', (FunctionName) => {
    expect(planWith({ mapping: { FunctionName } }).mappings[0]?.functionLogicalId).toBe('Orders');
  });

  it('may read the stream of a table that is not in the template', () => {
    const EventSourceArn =
      'arn:aws:dynamodb:eu-central-1:123456789012:table/Old/stream/2020-01-01T00:00:00.000';
    const { mappings } = planWith({ mapping: { EventSourceArn } });
    expect(mappings[0]?.source).toEqual({ kind: 'stream', streamArn: EventSourceArn });
  });

  it.each<[string, JsonObject, string]>([
    [
      'a literal ARN of Kinesis',
      { EventSourceArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/x' },
      'its source is arn:aws:kinesis:eu-central-1:123456789012:stream/x; only streams of DynamoDB, and queues of this template, are read here',
    ],
    ['a function of another stack', { FunctionName: 'other' }, 'its function other is not in this template'],
  ])('is not run with %s', (_, mapping, reason) => {
    const second: JsonObject = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': 'Shop.StreamArn' },
        FunctionName: { Ref: 'Orders' },
        StartingPosition: 'LATEST',
        ...mapping,
      },
    };
    const kafka: JsonObject = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { SelfManagedEventSource: {}, FunctionName: { Ref: 'Orders' } },
    };
    const type = 'AWS::Lambda::EventSourceMapping';
    expect(planWith({ resources: { Second: second, Kafka: kafka } }).notRun).toEqual([
      { logicalId: 'Second', type, reason },
      {
        logicalId: 'Kafka',
        type,
        reason:
          'its source is a self-managed Kafka; only streams of DynamoDB, and queues of this template, are read here',
      },
    ]);
  });

  it('is missed if there is none that runs, with the reasons', () => {
    const plan = () => planWith({ mapping: { FunctionName: 'other' } });
    expect(plan).toThrow(LocalStackError);
    expect(plan).toThrow(
      'No event source mapping of a DynamoDB stream or a queue in /service/template.json runs here. Mapping: its function other ' +
        'is not in this template. Orders: nothing invokes it here.',
    );
  });
});

describe('the code of a function', () => {
  it.each<[string, JsonObject, unknown]>([
    ['a folder', { Code: './dist' }, { kind: 'folder', path: '/service/dist' }],
    ['a zip', { Code: '../out/orders.zip' }, { kind: 'zip', path: '/out/orders.zip' }],
    ['an absolute path', { Code: '/tmp/x.zip' }, { kind: 'zip', path: '/tmp/x.zip' }],
    [
      'a key in a bucket that nobody can resolve',
      { Code: { S3Bucket: { 'Fn::ImportValue': 'bucket' }, S3Key: { 'Fn::Sub': 'a/b/${AWS::Region}.zip' } } },
      { kind: 'zip', path: '/service/eu-central-1.zip' },
    ],
  ])('may be %s', (_, orders, code) => {
    expect(planWith({ orders }).functions[0]?.code).toEqual(code);
  });
});

describe('what the plan of the functions refuses', () => {
  const properties = 'Resources.Orders.Properties';

  it.each<[string, Parameters<typeof shopTemplate>[0], string]>([
    [
      'a container image',
      { orders: { PackageType: 'Image', Code: { ImageUri: 'x' } } },
      `${properties} packages Orders as a container image, which does not run here.`,
    ],
    [
      'inline code',
      { orders: { Code: { ZipFile: 'exports.handler = 1' } } },
      `${properties}.Code.ZipFile holds the code of Orders inline, which does not run here.`,
    ],
    [
      'code in S3 alone',
      { orders: { Code: 's3://b/k.zip' } },
      `${properties}.Code is s3://b/k.zip, which is not on`,
    ],
    [
      'no code',
      { orders: { Code: {} } },
      `${properties}.Code says nothing of where the code of Orders lies.`,
    ],
    [
      'another runtime',
      { orders: { Runtime: 'python3.13' } },
      `${properties}.Runtime is python3.13, so Orders does not run here: only nodejs runtimes do.`,
    ],
    ['no handler', { orders: { Handler: { Ref: 'AWS::NoValue' } } }, `${properties}.Handler is missing.`],
    [
      'an unresolved variable',
      { orders: { Environment: { Variables: { VPC: { 'Fn::ImportValue': 'vpc' } } } } },
      `${properties}.Environment.Variables.VPC is made by Fn::ImportValue, which is not resolved here. Put a parameter`,
    ],
    [
      'a mapping without a starting position',
      { mapping: { StartingPosition: { Ref: 'AWS::NoValue' } } },
      'Resources.Mapping.Properties.StartingPosition is missing.',
    ],
    [
      'a starting position that streams of DynamoDB do not have',
      { mapping: { StartingPosition: 'AT_TIMESTAMP' } },
      'Resources.Mapping.Properties.StartingPosition is "AT_TIMESTAMP"; write TRIM_HORIZON or LATEST.',
    ],
    [
      'a table without a stream',
      {
        mapping: { EventSourceArn: { 'Fn::GetAtt': ['Still', 'StreamArn'] } },
        resources: { Still: { Type: 'AWS::DynamoDB::Table', Properties: {} } },
      },
      'Resources.Mapping.Properties.EventSourceArn asks for the StreamArn of Still, which has no stream.',
    ],
    [
      'a destination that SAM would make itself',
      { mapping: { DestinationConfig: { OnFailure: { Type: 'SQS' } } } },
      'Resources.Mapping.Properties.DestinationConfig.OnFailure.Destination is missing.',
    ],
  ])('is %s, with its place', (_, changes, message) => {
    const plan = () => planWith(changes);
    expect(plan).toThrow(LocalStackError);
    expect(plan).toThrow(message);
  });

  it('is inline code of a SAM function', () => {
    const Sam: JsonObject = {
      Type: 'AWS::Serverless::Function',
      Properties: {
        InlineCode: 'exports.handler = 1',
        Runtime: 'nodejs24.x',
        Events: {
          S: {
            Type: 'DynamoDB',
            Properties: { Stream: { 'Fn::GetAtt': 'Shop.StreamArn' }, StartingPosition: 'LATEST' },
          },
        },
      },
    };
    expect(() => planWith({ resources: { Sam } })).toThrow(
      'Resources.Sam.Properties.InlineCode holds the code of Sam inline',
    );
  });
});

it('a variable that is given otherwise need not be resolvable', () => {
  const template = shopTemplate({
    orders: { Environment: { Variables: { API: { Ref: 'Api' }, KEPT: 'kept' } } },
    resources: { Api: { Type: 'AWS::ApiGatewayV2::Api' } },
  });
  const planned = (givenVariables: readonly string[]) =>
    planFunctions(template, { ...options, attributeOf, givenVariables }).functions[0]?.environment;
  expect(() => planned([])).toThrow('Variables.API asks for the id of Api, which only AWS gives');
  expect(planned(['API'])).toEqual({ KEPT: 'kept' });
});
