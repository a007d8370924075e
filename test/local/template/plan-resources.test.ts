import { describe, expect, it } from 'vitest';
import { LocalStackError } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/local/template/json.ts';
import { planFunctions } from '../../../src/local/template/plan-functions.ts';
import { planResources } from '../../../src/local/template/plan-resources.ts';
import { readTemplate } from '../../../src/local/template/read-template.ts';
import { attributeOf, fixture, options, shopTemplate } from './templates.ts';

describe('the resources of a service that osls has packaged', () => {
  it('are its tables, its queue and its bucket; all else is not created', async () => {
    expect(planResources(await readTemplate(fixture('osls.json')), options)).toEqual({
      tables: [
        {
          logicalId: 'ShopTable',
          name: 'shop-ShopTable',
          keySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          attributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
          streamViewType: 'NEW_AND_OLD_IMAGES',
          timeToLiveAttribute: 'expiresAt',
          billingMode: 'PAY_PER_REQUEST',
        },
        {
          logicalId: 'LedgerTable',
          name: 'shop-LedgerTable',
          keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          attributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          timeToLiveAttribute: 'expiration',
          billingMode: 'PAY_PER_REQUEST',
        },
      ],
      queues: [
        {
          logicalId: 'DeadLetters',
          name: 'shop-DeadLetters',
          attributes: { MessageRetentionPeriod: '1209600' },
        },
      ],
      topics: [],
      subscriptions: [],
      buckets: [{ logicalId: 'ServerlessDeploymentBucket', name: 'shop-serverlessdeploymentbucket' }],
      apis: [],
      notRun: [],
      notCreated: [
        { logicalId: 'ServerlessDeploymentBucketPolicy', type: 'AWS::S3::BucketPolicy' },
        { logicalId: 'OrdersLogGroup', type: 'AWS::Logs::LogGroup' },
        { logicalId: 'IamRoleLambdaExecution', type: 'AWS::IAM::Role' },
        {
          logicalId: 'OrdersLambdaVersioncpxrlfZrt6BbIShCdGz2501vjgh5wwdC1WVmfdb8rxs',
          type: 'AWS::Lambda::Version',
        },
      ],
    });
  });
});

it('what watches a service is not created, nor looked into', () => {
  const unknown = { 'Fn::ToJsonString': { widgets: [{ 'Fn::ImportValue': 'Elsewhere' }] } };
  const template = shopTemplate({
    resources: {
      Behind: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: { AlarmName: unknown, Dimensions: [{ Ref: 'Gone' }] },
      },
      Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: unknown } },
    },
  });
  expect(planResources(template, options).notCreated).toEqual([
    { logicalId: 'Behind', type: 'AWS::CloudWatch::Alarm' },
    { logicalId: 'Dashboard', type: 'AWS::CloudWatch::Dashboard' },
  ]);
  expect(planFunctions(template, { ...options, attributeOf }).warnings).toEqual([]);
});

describe('the resources of a SAM template', () => {
  it('include indexes, capacity, FIFO queues, redriving, topics and their queues', async () => {
    const plan = planResources(await readTemplate(fixture('sam.yaml')), options);
    expect(plan.tables).toEqual([
      {
        logicalId: 'Shop',
        name: 'shop-dev',
        keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        attributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'at', AttributeType: 'N' },
        ],
        streamViewType: 'NEW_IMAGE',
        billingMode: 'PROVISIONED',
        provisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 2 },
        globalSecondaryIndexes: [
          {
            IndexName: 'by-time',
            KeySchema: [{ AttributeName: 'at', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['name'] },
            ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
          },
        ],
      },
      {
        logicalId: 'Ledger',
        name: 'shop-Ledger',
        keySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
        attributeDefinitions: [{ AttributeName: 'key', AttributeType: 'N' }],
        billingMode: 'PAY_PER_REQUEST',
      },
    ]);
    expect(plan.queues).toEqual([
      {
        logicalId: 'Letters',
        name: 'letters.fifo',
        attributes: { FifoQueue: 'true', MessageRetentionPeriod: '1209600' },
      },
      { logicalId: 'Plain', name: 'shop-Plain', attributes: {} },
      {
        logicalId: 'Orders',
        name: 'shop-Orders.fifo',
        attributes: {
          FifoQueue: 'true',
          VisibilityTimeout: '60',
          RedrivePolicy:
            '{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:123456789012:letters.fifo","maxReceiveCount":3}',
        },
      },
    ]);
    const topicArn = 'arn:aws:sns:eu-central-1:123456789012:shop-News';
    expect(plan.topics).toEqual([
      { logicalId: 'News', name: 'shop-News', attributes: { DisplayName: 'News' } },
    ]);
    expect(plan.subscriptions).toEqual([
      {
        logicalId: 'News',
        topicArn,
        queueArn: 'arn:aws:sqs:eu-central-1:123456789012:shop-Plain',
        attributes: {},
      },
      {
        logicalId: 'NewsToLetters',
        topicArn,
        queueArn: 'arn:aws:sqs:eu-central-1:123456789012:letters.fifo',
        attributes: { RawMessageDelivery: 'true', FilterPolicy: '{"kind":["order"]}' },
      },
    ]);
    expect(plan.notRun).toEqual([
      {
        logicalId: 'News',
        type: 'AWS::SNS::Topic',
        reason: 'its protocol is email; only queues (sqs) are subscribed here',
      },
    ]);
    expect(plan.notCreated).toEqual([{ logicalId: 'Clicks', type: 'AWS::Kinesis::Stream' }]);
  });

  it('depend on the parameters that are given', async () => {
    const template = await readTemplate(fixture('sam.yaml'));
    const { tables } = planResources(template, { ...options, parameters: { Stage: 'prod' } });
    expect(tables.map(({ name }) => name)).toEqual(['shop-prod', 'shop-Ledger', 'shop-Audit']);
  });
});

describe("CDK's TableV2", () => {
  it('is a table, and metadata behind a false condition is not spoken of', async () => {
    const { tables, notCreated } = planResources(await readTemplate(fixture('cdk.template.json')), options);
    expect(tables).toEqual([
      {
        logicalId: 'Shop1A2B3C4D',
        name: 'shop-Shop1A2B3C4D',
        keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        attributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        streamViewType: 'NEW_AND_OLD_IMAGES',
        timeToLiveAttribute: 'ttl',
        billingMode: 'PAY_PER_REQUEST',
      },
    ]);
    expect(notCreated.map(({ logicalId }) => logicalId)).toEqual([
      'OrdersServiceRole5E6F7A8B',
      'OrdersAlias',
    ]);
  });
});

describe('a global table whose capacity is scaled', () => {
  it('is paid per request here, its indexes too', () => {
    const Global: JsonObject = {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        BillingMode: 'PROVISIONED',
        WriteProvisionedThroughputSettings: { WriteCapacityAutoScalingSettings: { MinCapacity: 1 } },
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'inverse',
            KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
            WriteProvisionedThroughputSettings: {},
          },
        ],
      },
    };
    const { tables } = planResources(shopTemplate({ resources: { Global } }), options);
    expect(tables[1]).toEqual({
      logicalId: 'Global',
      name: 'shop-Global',
      keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      attributeDefinitions: [],
      billingMode: 'PAY_PER_REQUEST',
      globalSecondaryIndexes: [
        {
          IndexName: 'inverse',
          KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });
});

const queue = (properties: JsonObject = {}): JsonObject => ({
  Type: 'AWS::SQS::Queue',
  Properties: properties,
});
const lettersTo = (logicalId: string): JsonObject =>
  queue({ RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': `${logicalId}.Arn` }, maxReceiveCount: 1 } });
const queuesOf = (resources: JsonObject) =>
  planResources(shopTemplate({ resources }), options).queues.map(({ logicalId }) => logicalId);

describe('queues', () => {
  it('stand behind those that get their dead letters, over any number of steps', () => {
    expect(queuesOf({ A: lettersTo('B'), B: lettersTo('C'), C: queue(), D: lettersTo('C') })).toEqual([
      'C',
      'B',
      'D',
      'A',
    ]);
  });

  it('that send dead letters round in a circle are listed once each', () => {
    expect(queuesOf({ A: lettersTo('B'), B: lettersTo('A') }).toSorted()).toEqual(['A', 'B']);
  });
});

describe('what the plan of the resources refuses', () => {
  const table = (properties: JsonObject): JsonObject => ({
    Other: { Type: 'AWS::DynamoDB::Table', Properties: properties },
  });

  it.each<[string, JsonObject, string]>([
    [
      'a word that is none of the allowed',
      table({ StreamSpecification: { StreamViewType: 'ALL' } }),
      'Resources.Other.Properties.StreamSpecification.StreamViewType is "ALL"; write KEYS_ONLY or NEW_IMAGE or',
    ],
    [
      'a property that is missing',
      table({ KeySchema: [{}] }),
      'Resources.Other.Properties.KeySchema.0.AttributeName is missing.',
    ],
    [
      'a word that is missing',
      table({ KeySchema: [{ AttributeName: 'pk' }] }),
      'Resources.Other.Properties.KeySchema.0.KeyType is missing.',
    ],
    ['no list', table({ KeySchema: 'pk' }), 'Resources.Other.Properties.KeySchema is no list; write a list.'],
    ['no map', table({ KeySchema: ['pk'] }), 'Resources.Other.Properties.KeySchema.0 is no map;'],
    ['no text', table({ TableName: ['a'] }), 'Resources.Other.Properties.TableName is no single value;'],
    [
      'no number',
      table({ ProvisionedThroughput: { ReadCapacityUnits: 'many' } }),
      'Resources.Other.Properties.ProvisionedThroughput.ReadCapacityUnits is "many"; write a number.',
    ],
    [
      'no flag',
      { Q: queue({ FifoQueue: 'yes' }) },
      'Resources.Q.Properties.FifoQueue is "yes"; write true or false.',
    ],
    [
      'what is known only after the creation',
      { Q: queue({ QueueName: { Ref: 'R' } }), R: queue() },
      'Resources.Q.Properties.QueueName asks for R.QueueUrl, which is known only after its creation.',
    ],
    [
      'names that go round in a circle',
      {
        Q: queue({ QueueName: { 'Fn::GetAtt': 'R.QueueName' } }),
        R: queue({ QueueName: { 'Fn::Sub': 'x-${Q.QueueName}' } }),
      },
      'Resources.R.Properties.QueueName.${Q.QueueName} refers to itself (Q -> R -> Q). Break the circle',
    ],
  ])('is %s, with its place', (_, resources, message) => {
    const plan = () => planResources(shopTemplate({ resources }), options);
    expect(plan).toThrow(LocalStackError);
    expect(plan).toThrow(message);
  });
});
