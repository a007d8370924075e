import { describe, expect, it } from 'vitest';
import { sqsDeadLetters } from '../../../src/dead-letter/sqs-dead-letters.ts';
import { dynamoDBLedger } from '../../../src/idempotency/dynamodb-ledger.ts';
import { applyPlan, grantRights } from '../../../src/serverless/apply-plan.ts';
import type { Framework, FunctionConfig } from '../../../src/serverless/framework.ts';
import { placeholders } from '../../../src/serverless/load/loader-environment.ts';
import { findTable } from '../../../src/serverless/mapping/table-source.ts';
import { readSettings } from '../../../src/serverless/settings.ts';
import { memoryLedger } from '../../../src/testing/index.ts';
import type { Given, Planned } from './plan-of.ts';
import { Letters, Shop, planOf as planWatched } from './plan-of.ts';

/** Without what watches it: that has tests of its own. */
const planOf = ({ custom, ...given }: Given = {}): Planned =>
  planWatched({ ...given, custom: { alarms: false, dashboard: false, ...custom } });

const [claimRights, letterRights] = [
  {
    Effect: 'Allow',
    Action: [
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:PartiQLDelete',
      'dynamodb:PartiQLInsert',
      'dynamodb:PartiQLUpdate',
      'dynamodb:PutItem',
    ],
    Resource: { 'Fn::GetAtt': ['SpillwayLedger', 'Arn'] },
  },
  {
    Effect: 'Allow',
    Action: ['sqs:SendMessage'],
    Resource: { 'Fn::GetAtt': ['SpillwayDeadLetters', 'Arn'] },
  },
];

describe('what a consumer gets', () => {
  it('is a mapping with bounds, a queue, a ledger, their names, and rights on just these', () => {
    const { functions, resources, findings } = planOf();
    expect(findings).toEqual([]);
    expect(Object.keys(resources)).toEqual([
      'SpillwayDeadLetters',
      'SpillwayDeadLettersPolicy',
      'SpillwayLedger',
    ]);
    expect(functions[0]).toMatchObject({
      environment: {
        SPILLWAY_LEDGER_TABLE: { Ref: 'SpillwayLedger' },
        SPILLWAY_DLQ_URL: { Ref: 'SpillwayDeadLetters' },
        SPILLWAY_CONSUMER: 'orders',
      },
      statements: [claimRights, letterRights],
      streams: [{ maximumRetryAttempts: 200, maximumRecordAgeInSeconds: 43_200, batchSize: 100 }],
    });
  });

  it('is what is written, wherever something is', () => {
    const onFailure = 'arn:aws:sns:eu-central-1:123456789012:given-up';
    const event = {
      batchSize: 7,
      startingPosition: 'LATEST',
      parallelizationFactor: 2,
      filterPatterns: [{ eventName: ['REMOVE'] }],
      destinations: { onFailure },
    };
    const [one] = planOf({ event }).functions;
    expect(one?.streams[0]).toMatchObject(event);
    expect(one?.mappingStatements.flatMap(({ Action }) => Action)).not.toContain('sqs:SendMessage');
  });

  it('is nothing for what is switched off, and the queue for pointers all the same', () => {
    const { functions, resources } = planOf({ options: { ledger: 'off', deadLetters: 'off' } });
    expect(Object.keys(resources)).toEqual(['SpillwayDeadLetters', 'SpillwayDeadLettersPolicy']);
    expect(functions[0]?.statements).toEqual([]);
    expect(functions[0]?.environment).toEqual({ SPILLWAY_CONSUMER: 'orders' });
  });

  it('is no ledger for a persistence layer of the user’s own', () => {
    const { functions, resources } = planOf({ options: { ledger: memoryLedger() } });
    expect(resources).not.toHaveProperty('SpillwayLedger');
    expect(functions[0]?.statements).toEqual([letterRights]);
  });

  it('is rights on the table, queue and bucket that the code names', () => {
    const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters';
    const { functions, resources } = planOf({
      options: {
        ledger: dynamoDBLedger({ tableName: 'Done', guarantee: 'record' }),
        deadLetters: sqsDeadLetters({ queueUrl, bucket: 'large' }),
        consumer: 'mine',
      },
    });
    expect(resources).toEqual({});
    expect(functions[0]?.environment).not.toHaveProperty('SPILLWAY_CONSUMER');
    expect(functions[0]?.statements.map(({ Resource }) => Resource)).toEqual([
      {
        'Fn::Sub': 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/Done',
      },
      { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:eu-west-1:123456789012:letters' },
      { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::large/spillway/*' },
    ]);
  });

  it('takes a name that the code has from the variable for the variable', () => {
    const ledger = dynamoDBLedger({ tableName: placeholders.SPILLWAY_LEDGER_TABLE });
    expect(planOf({ options: { ledger } }).functions[0]?.statements).toEqual([claimRights, letterRights]);
  });

  it('rests on the resources that the variables refer to', () => {
    const { functions, resources } = planOf({
      resources: { Letters, Done: { Type: 'AWS::DynamoDB::Table', Properties: {} } },
      provider: {
        environment: { SPILLWAY_DLQ_URL: { Ref: 'Letters' }, SPILLWAY_LEDGER_TABLE: { Ref: 'Done' } },
      },
    });
    expect(resources).toEqual({});
    expect(functions[0]?.environment).toEqual({ SPILLWAY_CONSUMER: 'orders' });
    expect(functions[0]?.streams[0]).toMatchObject({
      destinations: { onFailure: { arn: { 'Fn::GetAtt': ['Letters', 'Arn'] } } },
    });
  });

  it('names a queue and a table of another stack, and then the consumer by the name that Lambda knows', () => {
    const [one] = planOf({
      config: { name: 'shop-dev-orders', events: [{ spillway: { table: 'Shop' } }] },
      custom: {
        deadLetterQueue: 'arn:aws:sqs:eu-central-1:123456789012:letters',
        ledgerTable: { 'Fn::ImportValue': 'LedgerArn' },
      },
    }).functions;
    expect(one?.environment).toEqual({
      SPILLWAY_LEDGER_TABLE: {
        'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::ImportValue': 'LedgerArn' }] }],
      },
      SPILLWAY_DLQ_URL: {
        'Fn::Join': [
          '',
          [
            'https://sqs.',
            'eu-central-1',
            '.',
            { Ref: 'AWS::URLSuffix' },
            '/',
            '123456789012',
            '/',
            'letters',
          ],
        ],
      },
      SPILLWAY_CONSUMER: 'shop-dev-orders',
    });
  });

  it('is encrypted with a key of one’s own if there is one, with the right to use it for that alone', () => {
    const { resources, functions } = planOf({
      resources: { Key: { Type: 'AWS::KMS::Key' } },
      custom: { kmsKeyArn: { Ref: 'Key' }, pointInTimeRecovery: true },
    });
    const key = { 'Fn::GetAtt': ['Key', 'Arn'] };
    expect(resources['SpillwayDeadLetters']?.Properties).toMatchObject({ KmsMasterKeyId: key });
    expect(resources['SpillwayLedger']?.Properties).toMatchObject({
      SSESpecification: { SSEType: 'KMS', KMSMasterKeyId: key },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(functions[0]?.statements.at(-1)).toMatchObject({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: key,
    });
  });
});

it('what the plugin makes stays when the stack goes, unless the service says that it need not', () => {
  const policies = (custom: Readonly<Record<string, unknown>>) =>
    ['SpillwayDeadLetters', 'SpillwayLedger'].map(
      (id) => planOf({ custom }).resources[id]?.['DeletionPolicy'],
    );
  expect(policies({})).toEqual(['Retain', 'Retain']);
  expect(policies({ retain: false })).toEqual([undefined, undefined]);
});

describe('a function at the queue', () => {
  it('gets the consumer’s ledger and name, rights to judge and read, and a queue that hides for long enough', () => {
    const arn = { 'Fn::GetAtt': ['SpillwayDeadLetters', 'Arn'] };
    const { functions, resources, findings } = planOf({
      others: { replay: { handler: 'handlers/replay.handler', timeout: 60, events: [{ sqs: { arn } }] } },
    });
    expect(findings).toEqual([]);
    expect(resources['SpillwayDeadLetters']?.Properties).toMatchObject({ VisibilityTimeout: 360 });
    expect(functions[1]).toMatchObject({
      name: 'replay',
      environment: {
        SPILLWAY_CONSUMER: 'orders',
        SPILLWAY_FUNCTIONS: 'orders=orders',
        SPILLWAY_LEDGER_TABLE: { Ref: 'SpillwayLedger' },
      },
      statements: [
        claimRights,
        letterRights,
        { Action: ['dynamodb:BatchGetItem'], Resource: [{ 'Fn::GetAtt': ['Shop', 'Arn'] }] },
        {
          Action: ['dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
          Resource: [{ 'Fn::GetAtt': ['Shop', 'StreamArn'] }],
        },
      ],
    });
  });
});

it('a function at the queue of consumers whose letters go to different queues is given none of them', () => {
  const arn = { 'Fn::GetAtt': ['SpillwayDeadLetters', 'Arn'] };
  const replayed = (second: FunctionConfig) =>
    planOf({
      resources: { Letters },
      event: { destinations: { onFailure: { type: 'sqs', arn } } },
      second,
      others: { replay: { handler: 'handlers/replay.handler', events: [{ sqs: arn }] } },
    }).functions.find(({ name }) => name === 'replay');
  const others = { environment: { SPILLWAY_DLQ_URL: { Ref: 'Letters' } } };
  expect(replayed({})?.environment).toHaveProperty('SPILLWAY_DLQ_URL');
  expect(replayed(others)?.environment).not.toHaveProperty('SPILLWAY_DLQ_URL');
  expect(replayed(others)?.environment).toMatchObject({ SPILLWAY_FUNCTIONS: 'orders=orders,totals=totals' });
  expect(JSON.stringify(replayed(others)?.statements)).not.toContain('sqs:SendMessage');
});

it('a function at the queue reads large letters where the consumer keeps them', () => {
  const arn = { 'Fn::GetAtt': ['SpillwayDeadLetters', 'Arn'] };
  const { functions } = planOf({
    options: { deadLetters: sqsDeadLetters({ bucket: 'large', keyPrefix: 'a/' }) },
    others: { replay: { handler: 'handlers/replay.handler', events: [{ sqs: arn }] } },
  });
  expect(
    functions.map(({ statements }) => statements.filter(({ Action }) => /^s3:/.test(Action.join()))),
  ).toEqual(
    [['s3:PutObject'], ['s3:GetObject', 's3:PutObject']].map((actions) => [
      { Effect: 'Allow', Action: actions, Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::large/a/*' } },
    ]),
  );
});

describe('findings', () => {
  const rulesOf = (given: Given) => planOf(given).findings.map(({ level, rule }) => `${level} ${rule}`);

  it.each<readonly [string, Given]>([
    ['error name-taken', { resources: { SpillwayLedger: { Type: 'AWS::DynamoDB::Table' } } }],
    [
      'error fifo-destination',
      {
        resources: { Letters: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } },
        custom: { deadLetterQueue: 'Letters' },
      },
    ],
    [
      'error fifo-destination',
      { custom: { deadLetterQueue: 'arn:aws:sqs:eu-central-1:123456789012:letters.fifo' } },
    ],
    [
      'warning rights-not-granted',
      { provider: { environment: { SPILLWAY_LEDGER_TABLE: { 'Fn::ImportValue': 'Name' } } } },
    ],
    ['warning role-of-its-own', { config: { role: 'Mine', events: [{ spillway: { table: 'Shop' } }] } }],
    ['warning role-of-its-own', { provider: { iam: { role: { 'Fn::ImportValue': 'Role' } } } }],
    ['error parallel-shard-order', { options: { order: 'shard' }, event: { parallelizationFactor: 2 } }],
    ['error partial-responses-off', { event: { functionResponseType: null } }],
    [
      'error too-many-readers',
      {
        others: {
          one: { events: [{ stream: { type: 'dynamodb', arn: { 'Fn::GetAtt': ['Shop', 'StreamArn'] } } }] },
          two: { events: [{ stream: { type: 'dynamodb', arn: { 'Fn::GetAtt': 'Shop.StreamArn' } } }] },
        },
      },
    ],
    ['warning unlimited-retries', { event: { maximumRetryAttempts: -1 } }],
  ])('%s', (finding, given) => {
    expect(rulesOf(given)).toEqual([finding]);
  });

  it('name a queue or table of custom.spillway that is not there', () => {
    const { problems } = readSettings({ deadLetterQueue: 'Leters', ledgerTable: 'Shop' }, { Shop });
    expect(problems.map(({ message }) => message)).toEqual([
      'custom.spillway.deadLetterQueue is "Leters", and the service has no queue of that name in its resources.',
    ]);
  });
});

describe('a table', () => {
  const streamArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';

  it.each([
    ['a logical ID', 'Shop'],
    ['Ref of it', { Ref: 'Shop' }],
    ['Fn::GetAtt of its stream', { 'Fn::GetAtt': ['Shop', 'StreamArn'] }],
    ['the same in one text', { 'Fn::GetAtt': 'Shop.StreamArn' }],
  ])('is found by %s', (_, table) => {
    expect(findTable(table, { Shop })).toEqual({
      streamArn: { 'Fn::GetAtt': ['Shop', 'StreamArn'] },
      tableArn: { 'Fn::GetAtt': ['Shop', 'Arn'] },
      model: { id: 'Shop', name: 'Shop', view: 'NEW_AND_OLD_IMAGES', keys: ['pk'] },
    });
  });

  it('is known by the ARN of its stream, or by what will give it', () => {
    expect(findTable(streamArn, {})).toMatchObject({
      streamArn,
      tableArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/Shop',
      model: { name: 'Shop', view: undefined },
    });
    const imported = { 'Fn::ImportValue': 'ShopStream' };
    expect(findTable(imported, {})).toMatchObject({ streamArn: imported, model: { name: undefined } });
  });

  it.each([
    ['unknown-table', 'Shpo'],
    ['unknown-table', { Ref: 'Letters' }],
    ['unknown-table', { 'Fn::GetAtt': ['Other', 'StreamArn'] }],
    ['unknown-table', { 'Fn::Sub': 'arn:${AWS::Partition}:dynamodb' }],
    ['table-without-stream', 'Still'],
    ['not-a-stream', 'arn:aws:dynamodb:eu-central-1:123456789012:table/Shop'],
  ])('%s: %j', (rule, table) => {
    const Still = { Type: 'AWS::DynamoDB::Table', Properties: {} };
    expect(findTable(table, { Shop, Still, Letters })).toMatchObject({ rule });
  });
});

describe('a plan that is applied', () => {
  /** As the plugin serverless-iam-roles-per-function is called. */
  class ServerlessIamPerFunctionPlugin {
    readonly hooks = {};
  }
  const applied = (plugins: readonly unknown[], config: FunctionConfig = {}) => {
    const { service, ...plan } = planOf({
      config: { events: [{ httpApi: '*' }, { spillway: { table: 'Shop' } }], ...config },
    });
    const Statement: unknown[] = [];
    const role = { Properties: { Policies: [{ PolicyDocument: { Statement } }] } };
    const framework = {
      service: {
        ...service,
        provider: { name: 'aws', compiledCloudFormationTemplate: { Resources: { Role: role } } },
      },
      pluginManager: { plugins },
      getProvider: () => ({ getRegion: () => 'x', naming: { getRoleLogicalId: () => 'Role' } }),
      // The rest of the framework is not asked.
    } as unknown as Framework;
    applyPlan(framework, plan, { tracing: true });
    grantRights(framework, plan);
    return { one: service.functions['orders'], statements: Statement };
  };

  it('puts the mapping where the event stood, and the rights into the role of the service', () => {
    const { one, statements } = applied([]);
    expect(one?.events?.map((event) => Object.keys(event))).toEqual([['httpApi'], ['stream']]);
    expect(one?.tracing).toBe('Active');
    expect(one).not.toHaveProperty('iamRoleStatements');
    expect(statements).toEqual([claimRights, letterRights]);
  });

  it('puts all rights into the function’s own role where each function has one', () => {
    const own = { Effect: 'Allow', Action: 'ses:SendEmail', Resource: '*' };
    const { one, statements } = applied([new ServerlessIamPerFunctionPlugin()], { iamRoleStatements: [own] });
    expect(statements).toEqual([]);
    expect(one).not.toHaveProperty('iamRoleStatementsInherit');
    expect(one?.iamRoleStatements).toMatchObject([
      own,
      claimRights,
      letterRights,
      { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'] },
    ]);
  });

  it('leaves a function the rights of the service that it had until then', () => {
    const { one } = applied([new ServerlessIamPerFunctionPlugin()]);
    expect(one?.iamRoleStatementsInherit).toBe(true);
  });
});
