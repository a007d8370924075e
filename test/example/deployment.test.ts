import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isObject } from '../../src/stream/record.ts';
import { copyService } from './deployed-service.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;

const stages = ['dev', 'prod'] as const;
const templates = new Map<string, Resources>();
// The framework cannot package a folder twice at a time.
const services = stages.map((stage) => ({ stage, ...copyService() }));
beforeAll(async () => {
  const packaged = await Promise.all(services.map((service) => service.package(service.stage)));
  for (const [index, path] of packaged.entries()) {
    const { Resources: resources } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly Resources: Resources;
    };
    templates.set(stages[index] ?? '', resources);
  }
});
afterAll(() => services.forEach(({ remove }) => remove()));

const inStage = (stage: (typeof stages)[number]): Resources => templates.get(stage) ?? {};
const ofType = (resources: Resources, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

/** As it is reviewed: without what is another with each package, and what a test of its own is about. */
const reviewed = (resources: Resources) =>
  Object.fromEntries(
    Object.entries(resources)
      .filter(([name, { Type }]) => !/^ServerlessDeployment|LambdaVersion|Dashboard/.test(`${name} ${Type}`))
      .map(([name, resource]) => {
        const properties = Object.entries(resource.Properties ?? {}).filter(([key]) => key !== 'Code');
        return [name, { ...resource, Properties: Object.fromEntries(properties) }];
      }),
  );

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** What the role of a function allows, beside its log and its traces. */
function rightsOf(resources: Resources, functionId: string): ReadonlyMap<string, readonly string[]> {
  const role = resources[`${functionId}IamRoleLambdaExecution`]?.Properties;
  const policies = role?.['Policies'] as readonly {
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  }[];
  const rights = new Map<string, string[]>();
  for (const { Action, Resource } of policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)) {
    const actions = [Action].flat().filter((action) => !/^(logs|xray):/.test(action));
    if (actions.length === 0) continue;
    for (const one of [Resource].flat()) {
      const place = placeName(one);
      rights.set(place, [...new Set([...(rights.get(place) ?? []), ...actions])].toSorted());
    }
  }
  return rights;
}

const placeName = (resource: unknown): string => {
  const { 'Fn::GetAtt': getAtt, 'Fn::Sub': sub } = isObject(resource) ? resource : {};
  return Array.isArray(getAtt) ? getAtt.join('.') : typeof sub === 'string' ? sub : JSON.stringify(resource);
};

const ledgerActions = [
  ...['BatchGetItem', 'BatchWriteItem', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem'],
].map((name) => `dynamodb:${name}`);
const readsStream = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
  (name) => `dynamodb:${name}`,
);

describe('the example, packaged', () => {
  it('is in production as it was reviewed', async () => {
    await expect(stringify(reviewed(inStage('prod')), { aliasDuplicateObjects: false })).toMatchFileSnapshot(
      'reviewed-template.txt',
    );
  });

  it.each([
    [
      'Orders',
      {
        'ShopTable.StreamArn': readsStream,
        'ShopTable.Arn': ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
        'SpillwayLedger.Arn': ledgerActions,
        'SpillwayDeadLetters.Arn': ['sqs:SendMessage'],
      },
    ],
    [
      'Totals',
      {
        'ShopTable.StreamArn': readsStream,
        'ShopTable.Arn': ['dynamodb:UpdateItem'],
        'SpillwayLedger.Arn': ledgerActions,
        'SpillwayDeadLetters.Arn': ['sqs:SendMessage'],
      },
    ],
    [
      'Api',
      {
        'ShopTable.Arn': ['ConditionCheckItem', 'GetItem', 'PutItem', 'UpdateItem'].map(
          (name) => `dynamodb:${name}`,
        ),
        '${ShopTable.Arn}/index/OrdersByCustomer': ['dynamodb:Query'],
      },
    ],
    [
      'Replay',
      {
        'SpillwayDeadLetters.Arn': [
          'DeleteMessage',
          'GetQueueAttributes',
          'ReceiveMessage',
          'SendMessage',
        ].map((name) => `sqs:${name}`),
        'ShopTable.Arn': ['BatchGetItem', 'PutItem', 'UpdateItem'].map((name) => `dynamodb:${name}`),
        'SpillwayLedger.Arn': ledgerActions,
        'ShopTable.StreamArn': ['dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      },
    ],
  ])('gives %s the rights that it uses, and no other', (functionId, expected) => {
    for (const stage of stages) {
      expect(Object.fromEntries(rightsOf(inStage(stage), functionId))).toEqual(expected);
      expect(inStage(stage)[`${functionId}LambdaFunction`]?.Properties?.['Role']).toEqual({
        'Fn::GetAtt': [`${functionId}IamRoleLambdaExecution`, 'Arn'],
      });
    }
  });

  it('has both consumers read partial responses and end, and the replay switched off', () => {
    const mappings = ofType(inStage('prod'), 'AWS::Lambda::EventSourceMapping');
    expect(mappings.map(([name, { Properties }]) => [name, Properties?.['Enabled']])).toEqual([
      ['OrdersEventSourceMappingDynamodbShopTable', true],
      ['TotalsEventSourceMappingDynamodbShopTable', true],
      ['ReplayEventSourceMappingSQSSpillwayDeadLetters', false],
    ]);
    for (const [, { Properties }] of mappings)
      expect(Properties?.['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    expect(inStage('prod')['ReplayLambdaFunction']?.Properties?.['Environment']).toMatchObject({
      Variables: {
        SPILLWAY_FUNCTIONS: 'spillway-shop-prod-orders=orders,spillway-shop-prod-totals=totals',
      },
    });
  });

  it('watches production, and calls whoever is on call; development is left alone', () => {
    const alarms = ofType(inStage('prod'), 'AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(10);
    for (const [, { Properties }] of alarms)
      expect(Properties?.['AlarmActions']).toEqual([{ Ref: 'OnCall' }]);
    expect(ofType(inStage('prod'), 'AWS::CloudWatch::Dashboard')).toHaveLength(1);
    const inDevelopment = Object.values(inStage('dev')).map(({ Type }) => Type);
    expect(inDevelopment.filter((type) => type.startsWith('AWS::CloudWatch'))).toEqual([]);
  });

  it.each(['ShopTable', 'SpillwayLedger', 'SpillwayDeadLetters'])(
    'keeps %s when the stack of production goes',
    (name) => {
      expect(inStage('prod')[name]?.DeletionPolicy).toBe('Retain');
      expect(inStage('dev')[name]?.DeletionPolicy).not.toBe('Retain');
    },
  );

  it('protects the table of production, and limits what a loop in development can cost', () => {
    expect(inStage('prod')['ShopTable']?.Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: -1 },
    });
    expect(inStage('dev')['ShopTable']?.Properties).toMatchObject({
      DeletionProtectionEnabled: false,
      OnDemandThroughput: { MaxReadRequestUnits: 100, MaxWriteRequestUnits: 100 },
    });
    const retentions = stages.map(
      (stage) => inStage(stage)['OrdersLogGroup']?.Properties?.['RetentionInDays'],
    );
    expect(retentions).toEqual([7, 90]);
  });
});
