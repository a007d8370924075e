import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countEvents } from '../../../src/serverless/apply-plan.ts';
import type { Framework } from '../../../src/serverless/framework.ts';
import { readSettings } from '../../../src/serverless/settings.ts';
import { sqsDeadLetters } from '../../../src/dead-letter/sqs-dead-letters.ts';
import type { Given, Planned } from '../plugin/plan-of.ts';
import { Letters, Shop, planOf } from '../plugin/plan-of.ts';
import { resolveFor } from './resolve-plan.ts';

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly Threshold: number;
  readonly TreatMissingData: string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
}

/** By logical ID, resolved. */
function alarmsOf(planned: Planned): ReadonlyMap<string, Alarm> {
  const resolve = resolveFor(planned);
  const alarms = Object.entries(planned.resources).filter(
    ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
  );
  // As `alarmResource` makes them.
  return new Map(alarms.map(([id, { Properties }]) => [id, resolve(Properties) as Alarm]));
}

const summary = (given?: Given): readonly string[] =>
  [...alarmsOf(planOf(given)).values()].map(
    ({ MetricName, Dimensions: [dimension], Threshold }) =>
      `${MetricName} of ${dimension?.Value} >= ${Threshold}`,
  );

const arn = 'arn:aws:sqs:eu-central-1:123456789012:letters';
const replay = {
  handler: 'handlers/replay.handler',
  events: [{ sqs: { 'Fn::GetAtt': ['SpillwayDeadLetters', 'Arn'] } }],
};
const everything: readonly (readonly [string, Given])[] = [
  ['one consumer', {}],
  ['a replay', { others: { replay } }],
  ['a queue of the user', { resources: { Letters }, custom: { deadLetterQueue: 'Letters' } }],
  ['a queue by its ARN', { custom: { deadLetterQueue: arn } }],
  ['an imported queue', { custom: { deadLetterQueue: { 'Fn::ImportValue': 'LettersArn' } } }],
  ['no letters', { options: { deadLetters: 'off' } }],
  [
    'a destination that is a topic',
    { event: { destinations: { onFailure: 'arn:aws:sns:eu-central-1:123456789012:up' } } },
  ],
  ['no destination', { event: { destinations: null } }],
];

describe('alarms', () => {
  it('are three of a consumer, two of its mapping, and three of its queue', () => {
    expect(summary()).toEqual([
      'IteratorAge of <OrdersLambdaFunction> >= 3600000',
      'Errors of <OrdersLambdaFunction> >= 1',
      'Throttles of <OrdersLambdaFunction> >= 1',
      'OnFailureDestinationDeliveredEventCount of <OrdersEventSourceMappingDynamodbShop> >= 1',
      'DroppedEventCount of <OrdersEventSourceMappingDynamodbShop> >= 1',
      'ApproximateNumberOfMessagesVisible of <SpillwayDeadLetters.QueueName> >= 1',
      'ApproximateAgeOfOldestMessage of <SpillwayDeadLetters.QueueName> >= 21600',
      'ApproximateAgeOfOldestMessage of <SpillwayDeadLetters.QueueName> >= 967680',
    ]);
  });

  it('are two of a function that replays: no stream invokes it', () => {
    expect(summary({ others: { replay } }).filter((one) => one.includes('Replay'))).toEqual([
      'Errors of <ReplayLambdaFunction> >= 1',
      'Throttles of <ReplayLambdaFunction> >= 1',
    ]);
  });

  it('do not wait for pointers where none come, and tell of losses where none can', () => {
    const topic = 'arn:aws:sns:eu-central-1:123456789012:given-up';
    const ages = (given: Given) => summary(given).filter((one) => one.includes('Age of <Spillway'));
    expect(ages({ event: { destinations: { onFailure: topic } } })).toHaveLength(0);
    expect(
      summary({ event: { destinations: { onFailure: topic } } }).filter((one) =>
        one.includes('OldestMessage'),
      ),
    ).toEqual(['ApproximateAgeOfOldestMessage of <SpillwayDeadLetters.QueueName> >= 967680']);
    const without = summary({ event: { destinations: null } }).join();
    expect(without).toContain('DroppedEventCount');
    expect(without).not.toContain('OnFailureDestinationDeliveredEventCount');
  });

  it('of several mappings go by the earliest that gives up where they warn of it, and by the latest where its pointers lie', () => {
    const resources = { Other: { ...Shop, Properties: { ...Shop.Properties, TableName: 'Other' } } };
    const given = {
      resources,
      event: { maximumRecordAgeInSeconds: 3_600 },
      moreEvents: [{ table: 'Other', maximumRecordAgeInSeconds: 64_800 }],
    };
    expect(summary(given).filter((one) => one.includes('Age'))).toEqual([
      'IteratorAge of <OrdersLambdaFunction> >= 900000',
      'ApproximateAgeOfOldestMessage of <SpillwayDeadLetters.QueueName> >= 10800',
      'ApproximateAgeOfOldestMessage of <SpillwayDeadLetters.QueueName> >= 967680',
    ]);
    expect(planOf(given).counted).toEqual([
      'OrdersEventSourceMappingDynamodbShop',
      'OrdersEventSourceMappingDynamodbOther',
    ]);
  });

  it.each(everything)(
    'of %s refer to what the stack has, have names, texts that fit, and no wildcard',
    (_, given) => {
      const alarms = alarmsOf(planOf(given));
      const names = [...alarms.values()].map(({ AlarmName }) => AlarmName);
      expect(new Set(names).size).toBe(names.length);
      for (const [id, alarm] of alarms) {
        expect(id).toMatch(/^SpillwayAlarm[A-Za-z0-9]+$/);
        expect(alarm.AlarmName).toMatch(/^<AWS::StackName> [\w -]{5,200}$/);
        expect(alarm.AlarmDescription.length).toBeLessThan(1_000);
        expect(alarm.AlarmDescription).toMatch(/docs\/(deploying|dead-letters)\.md, /);
        expect(alarm.TreatMissingData).toBe('notBreaching');
        expect(alarm).not.toHaveProperty('AlarmActions');
        expect(JSON.stringify(alarm)).not.toContain('*');
      }
    },
  );

  it('say where the queue is, for whoever is called', () => {
    const [waiting] = [...alarmsOf(planOf({ custom: { deadLetterQueue: arn } })).values()].filter(
      ({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible',
    );
    expect(waiting?.AlarmName).toBe('<AWS::StackName> has letters in letters');
    expect(waiting?.Dimensions).toEqual([{ Name: 'QueueName', Value: 'letters' }]);
    expect(waiting?.AlarmDescription).toContain(
      'export SPILLWAY_DLQ_URL=https://sqs.eu-central-1.<AWS::URLSuffix>/123456789012/letters; npx spillway dlq list',
    );
  });

  it('take the name of an imported queue out of its ARN, and assume that it keeps what SQS keeps', () => {
    const { resources } = planOf({ custom: { deadLetterQueue: { 'Fn::ImportValue': 'LettersArn' } } });
    expect(resources['SpillwayAlarmFnImportValueLettersArnOldLetters']?.Properties).toMatchObject({
      Dimensions: [
        {
          Name: 'QueueName',
          Value: { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::ImportValue': 'LettersArn' }] }] },
        },
      ],
      Threshold: 4 * 86_400 * 0.8,
    });
  });

  it('are on for both turns of a topic, however it is given', () => {
    const resources = { Calls: { Type: 'AWS::SNS::Topic' } };
    const topics = [
      ['Calls', '<Calls>'],
      [{ Ref: 'Calls' }, '<Calls>'],
      ['arn:aws:sns:eu-central-1:123456789012:calls', 'arn:aws:sns:eu-central-1:123456789012:calls'],
    ] as const;
    for (const [topic, told] of topics)
      for (const alarm of alarmsOf(planOf({ resources, custom: { alarms: { topic } } })).values())
        expect([alarm.AlarmActions, alarm.OKActions]).toEqual([[told], [told]]);
    const imported = { 'Fn::ImportValue': 'Calls' };
    const { resources: made } = planOf({ custom: { alarms: { topic: imported } } });
    expect(made['SpillwayAlarmOrdersErrors']?.Properties).toMatchObject({ AlarmActions: [imported] });
  });

  it('are refused for a topic that is none', () => {
    for (const topic of ['Cals', { Ref: 'Shop' }])
      expect(readSettings({ alarms: { topic } }, { Shop }).problems).toMatchObject([
        { rule: 'unknown-topic' },
      ]);
  });

  it('are none, and no events are counted, if they and the dashboard are switched off', () => {
    const { resources, counted } = planOf({ custom: { alarms: false, dashboard: false } });
    expect(Object.keys(resources).filter((id) => !/^Spillway(DeadLetters|Ledger)/.test(id))).toEqual([]);
    expect(counted).toEqual([]);
  });
});

it('the alarms and their thresholds are those of docs/deploying.md', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../../docs/deploying.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (\S.*?) +\|/gm)].map(([, title]) => title);
  for (const { AlarmName } of alarmsOf(planOf()).values())
    expect(rows).toContain(
      AlarmName.replace('<AWS::StackName> ', '')
        .replace('orders', '_orders_')
        .replace('Shop', '_Shop_')
        .replace('SpillwayDeadLetters', '_queue_'),
    );
  const [behind, pointers, letters] = ['iterator', 'pointer', 'letter'].map((name) =>
    Number(new RegExp(`${name}AgeSeconds: (\\d+)`).exec(text)?.[1]),
  );
  expect(summary()).toEqual(
    summary({
      custom: {
        alarms: { iteratorAgeSeconds: behind, pointerAgeSeconds: pointers, letterAgeSeconds: letters },
      },
    }),
  );
});

describe('findings of what is watched', () => {
  it('name a queue that cannot be watched from here', () => {
    const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters';
    const elsewhere = planOf({ options: { deadLetters: sqsDeadLetters({ queueUrl }) } });
    expect(elsewhere.findings).toMatchObject([{ level: 'note', rule: 'queue-not-watched' }]);
    expect(Object.keys(elsewhere.resources).filter((id) => id.includes('letters'))).toEqual([]);
    const unknown = planOf({ provider: { environment: { SPILLWAY_DLQ_URL: { 'Fn::ImportValue': 'Url' } } } });
    expect(unknown.findings.map(({ rule }) => rule)).toEqual(['rights-not-granted', 'queue-not-watched']);
  });

  it.each([
    ['iteratorAgeSeconds', 43_200],
    ['pointerAgeSeconds', 86_400],
    ['letterAgeSeconds', 14 * 86_400],
  ])('warn of %s from %i on: then it is too late', (name, seconds) => {
    const rules = (value: number) =>
      planOf({ custom: { alarms: { [name]: value } } }).findings.map(({ rule }) => rule);
    expect(rules(seconds)).toEqual(['alarm-too-late']);
    expect(rules(seconds - 1)).toEqual([]);
  });
});

it('a mapping that the framework has named otherwise stops the packaging, for alarms would refer to nothing', () => {
  const framework = {
    service: { provider: { compiledCloudFormationTemplate: { Resources: {} } } },
    classes: { Error },
    // The rest of the framework is not asked.
  } as unknown as Framework;
  expect(() => countEvents(framework, planOf())).toThrow(/no mapping "OrdersEventSourceMappingDynamodbShop"/);
});
