import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOptionError, LocalStackError } from '../../../src/errors.ts';
import type { Json, JsonObject } from '../../../src/local/template/json.ts';
import { frozen, resolveIn, shopTemplate } from './templates.ts';

const sections: JsonObject = {
  Parameters: {
    Stage: { Type: 'String', Default: 'dev', AllowedValues: ['dev', 'prod'] },
    Size: { Type: 'Number', Default: 5 },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b,c' },
    Nameless: { Type: 'String' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/key' },
  },
  Mappings: { Sizes: { dev: { batch: 10, names: ['x', 'y'] } } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
    TrueIsText: { 'Fn::Equals': [true, 'true'] },
    Round: { 'Fn::Not': [{ Condition: 'About' }] },
    About: { 'Fn::And': [{ Condition: 'Round' }] },
    OneSided: { 'Fn::Not': [{ 'Fn::Equals': ['a'] }] },
    Empty: { 'Fn::And': 'IsDev' },
    Odd: { 'Fn::Contains': [['a'], 'a'] },
  },
};
const template = shopTemplate({
  sections,
  resources: {
    Letters: { Type: 'AWS::SQS::Queue' },
    Fifo: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: 'true' } },
    Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${Stage}-named' } } },
    News: { Type: 'AWS::SNS::Topic' },
    FifoNews: { Type: 'AWS::SNS::Topic', Properties: { FifoTopic: true } },
    Files: { Type: 'AWS::S3::Bucket' },
    Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Orders' }, Name: 'live' } },
    First: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { 'Fn::GetAtt': 'Orders.Arn' } } },
    Role: { Type: 'AWS::IAM::Role' },
    OnlyProd: { Type: 'AWS::SQS::Queue', Condition: 'IsProd' },
    Still: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    Hen: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${Egg.QueueName}-1' } } },
    Egg: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Hen', 'QueueName'] } } },
    ['L'.repeat(70)]: { Type: 'AWS::Lambda::Function', Properties: {} },
  },
});

const noValue = { Ref: 'AWS::NoValue' };

describe('an intrinsic function', () => {
  it.each<[string, Json, Json | undefined]>([
    ['Ref of a parameter', { Ref: 'Stage' }, 'dev'],
    ['Ref of a number', { Ref: 'Size' }, '5'],
    ['Ref of a list', { Ref: 'Zones' }, ['a', 'b', 'c']],
    ['Ref of a table', { Ref: 'Shop' }, 'shop-Shop'],
    // A queue's URL does not rest on its name, which goes round in a circle here.
    ['Ref of a queue', { Ref: 'Hen' }, 'http://127.0.0.1:1/123456789012/Hen'],
    ['Ref of a queue', { Ref: 'Letters' }, 'http://127.0.0.1:1/123456789012/Letters'],
    ['Ref of a topic', { Ref: 'News' }, 'arn:aws:sns:eu-central-1:123456789012:shop-News'],
    ['Ref of a FIFO topic', { Ref: 'FifoNews' }, 'arn:aws:sns:eu-central-1:123456789012:shop-FifoNews.fifo'],
    ['Ref of a bucket', { Ref: 'Files' }, 'shop-files'],
    ['Ref of a function', { Ref: 'Orders' }, 'shop-Orders'],
    [
      'Ref of an alias',
      { Ref: 'Live' },
      'arn:aws:lambda:eu-central-1:123456789012:function:shop-Orders:live',
    ],
    ['Ref of a version', { Ref: 'First' }, 'arn:aws:lambda:eu-central-1:123456789012:function:shop-Orders:1'],
    ['AWS::Region', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['AWS::StackName', { Ref: 'AWS::StackName' }, 'shop'],
    [
      'AWS::StackId',
      { Ref: 'AWS::StackId' },
      'arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/00000000-0000-0000-0000-000000000000',
    ],
    ['AWS::NoValue by itself', noValue, undefined],
    ['AWS::NoValue in a map and a list', { a: noValue, b: [1, noValue, 2] }, { b: [1, 2] }],
    [
      'GetAtt as a list',
      { 'Fn::GetAtt': ['Shop', 'Arn'] },
      'arn:aws:dynamodb:eu-central-1:123456789012:table/shop-Shop',
    ],
    [
      'GetAtt with a dot',
      { 'Fn::GetAtt': 'Letters.Arn' },
      'arn:aws:sqs:eu-central-1:123456789012:shop-Letters',
    ],
    [
      'GetAtt of a computed attribute',
      { 'Fn::GetAtt': ['Fifo', { 'Fn::Sub': 'QueueName' }] },
      'shop-Fifo.fifo',
    ],
    [
      'GetAtt of a StreamArn',
      { 'Fn::GetAtt': 'Shop.StreamArn' },
      'arn:aws:dynamodb:eu-central-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000',
    ],
    ['GetAtt of a QueueUrl', { 'Fn::GetAtt': 'Named.QueueUrl' }, 'http://127.0.0.1:1/123456789012/Named'],
    ['GetAtt of a QueueName', { 'Fn::GetAtt': 'Named.QueueName' }, 'dev-named'],
    ['GetAtt of a TopicName', { 'Fn::GetAtt': 'News.TopicName' }, 'shop-News'],
    [
      'GetAtt of a TopicArn',
      { 'Fn::GetAtt': 'News.TopicArn' },
      'arn:aws:sns:eu-central-1:123456789012:shop-News',
    ],
    ['GetAtt of a bucket', { 'Fn::GetAtt': 'Files.Arn' }, 'arn:aws:s3:::shop-files'],
    [
      'GetAtt of a function',
      { 'Fn::GetAtt': 'Orders.Arn' },
      'arn:aws:lambda:eu-central-1:123456789012:function:shop-Orders',
    ],
    [
      'Sub of a text',
      { 'Fn::Sub': '${Stage}/${AWS::Region}/${Named.QueueName}/$x' },
      'dev/eu-central-1/dev-named/$x',
    ],
    ['Sub with a literal', { 'Fn::Sub': '${!Stage}-${Size}' }, '${Stage}-5'],
    ['Sub with values', { 'Fn::Sub': ['${Stage}-${A}', { A: { Ref: 'Size' }, Stage: 'mine' }] }, 'mine-5'],
    ['Join', { 'Fn::Join': ['-', ['a', 1, true, { Ref: 'Stage' }]] }, 'a-1-true-dev'],
    ['Join of a computed list', { 'Fn::Join': ['', { Ref: 'Zones' }] }, 'abc'],
    ['Split', { 'Fn::Split': ['|', 'a||b'] }, ['a', '', 'b']],
    ['Select', { 'Fn::Select': ['1', { 'Fn::Split': [',', 'a,b'] }] }, 'b'],
    ['If that is true', { 'Fn::If': ['IsDev', { Ref: 'Stage' }, { Ref: 'Nowhere' }] }, 'dev'],
    ['If that is false', { 'Fn::If': ['IsProd', { Ref: 'Nowhere' }, { a: { Ref: 'Stage' } }] }, { a: 'dev' }],
    ['If without a value', [{ 'Fn::If': ['IsProd', 1, noValue] }, 2], [2]],
    ['And', { 'Fn::If': ['Both', 'y', 'n'] }, 'n'],
    ['Or', { 'Fn::If': ['Either', 'y', 'n'] }, 'y'],
    ['Equals of texts and not', { 'Fn::If': ['TrueIsText', 'y', 'n'] }, 'y'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'batch'] }, 10],
    ['FindInMap of a list', { 'Fn::Select': [1, { 'Fn::FindInMap': ['Sizes', 'dev', 'names'] }] }, 'y'],
    ['a Ref among other keys is a key', { Ref: 'Stage', and: 1 }, { Ref: 'Stage', and: 1 }],
  ])('%s is resolved', (_, value, resolved) => {
    expect(resolveIn(template, value)).toEqual(resolved);
  });

  it.each<[string, Json, string]>([
    ['Ref of nothing', { Ref: 'Nowhere' }, 'Here names Nowhere, but the template has no such resource'],
    ['Ref of what every object has', { Ref: 'constructor' }, 'names constructor, but'],
    ['GetAtt of nothing', { a: [{ 'Fn::GetAtt': 'No.Arn' }] }, 'Here.a.0 names No, but'],
    [
      'a parameter without a value',
      { Ref: 'Nameless' },
      'needs the parameter Nameless, which has no Default. Give',
    ],
    [
      'a parameter kept in AWS',
      { Ref: 'Stored' },
      'needs the parameter Stored, which has no value on this machine',
    ],
    [
      'Ref of what is not created',
      { Ref: 'Role' },
      'asks for Ref Role, but a local stack creates no AWS::IAM::Role.',
    ],
    [
      'GetAtt of what is not created',
      { 'Fn::GetAtt': 'Role.Arn' },
      'asks for Role.Arn, but a local stack creates no',
    ],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': 'Files.DomainName' },
      'asks for Files.DomainName, an attribute of AWS::S3',
    ],
    [
      'a false condition',
      { Ref: 'OnlyProd' },
      'names OnlyProd, which is not created because its condition IsProd is',
    ],
    [
      'a table without a stream',
      { 'Fn::GetAtt': 'Still.StreamArn' },
      'Still, which has no stream. Give the table a',
    ],
    [
      'ImportValue',
      { b: { 'Fn::ImportValue': 'x' } },
      'Here.b is made by Fn::ImportValue, which is not resolved here. Put',
    ],
    ['a function among other keys', { 'Fn::Transform': {}, a: 1 }, 'Here is made by Fn::Transform, which'],
    ['Ref in Sub', { 'Fn::Sub': 'x${Nowhere}' }, 'Here.${Nowhere} names Nowhere, but'],
    ['GetAtt in Sub', { 'Fn::Sub': 'x${Role.Arn}' }, 'Here.${Role.Arn} asks for Role.Arn, but'],
    ['a list in Sub', { 'Fn::Sub': '${Zones}' }, 'Here.${Zones} does not fit: Fn::Sub puts in a text.'],
    [
      'Join of no list',
      { 'Fn::Join': ['-', 'a'] },
      'Here does not fit: Fn::Join takes [delimiter, list of texts].',
    ],
    ['Join of lists', { 'Fn::Join': ['-', [['a']]] }, 'does not fit: Fn::Join'],
    ['GetAtt of one part', { 'Fn::GetAtt': ['Shop'] }, 'does not fit: Fn::GetAtt takes'],
    ['GetAtt without a dot', { 'Fn::GetAtt': 'Shop' }, 'asks for "Shop" without an attribute'],
    ['Select beyond the end', { 'Fn::Select': [3, { Ref: 'Zones' }] }, 'selects number 3 of a list of 3.'],
    [
      'Select before the start',
      { 'Fn::Select': [-1, { Ref: 'Zones' }] },
      'selects number -1 of a list of 3.',
    ],
    [
      'FindInMap of nothing',
      { 'Fn::FindInMap': ['Sizes', 'prod', 'batch'] },
      'looks up Mappings.Sizes.prod.batch, which',
    ],
    [
      'If of an unknown condition',
      { 'Fn::If': ['Sunny', 1, 2] },
      'names the condition Sunny, which the template',
    ],
    [
      'an unknown condition function',
      { 'Fn::If': ['Odd', 1, 2] },
      'Conditions.Odd is no condition that is understood',
    ],
    [
      'Equals of one value',
      { 'Fn::If': ['OneSided', 1, 2] },
      'Conditions.OneSided.0 is no condition that is',
    ],
    ['And of no list', { 'Fn::If': ['Empty', 1, 2] }, 'Conditions.Empty is no condition that is'],
    [
      'a cycle of attributes',
      { 'Fn::GetAtt': 'Egg.QueueName' },
      'refers to itself (Egg -> Hen -> Egg). Break',
    ],
    [
      'a cycle of conditions',
      { 'Fn::If': ['Round', 1, 2] },
      'refers to itself (Conditions.Round -> Conditions.About -> Conditions.Round)',
    ],
  ])('refuses %s and says where', (_, value, message) => {
    const resolve = () => resolveIn(template, value);
    expect(resolve).toThrow(LocalStackError);
    expect(resolve).toThrow(message);
  });

  it('takes given values and names before those of the template', () => {
    const given = { parameters: { Stage: 'prod' }, physicalNames: { Shop: 'my-shop', Role: 'my-role' } };
    const value = [{ Ref: 'Stage' }, { Ref: 'Shop' }, { Ref: 'Role' }, { Ref: 'OnlyProd' }];
    expect(resolveIn(template, value, given)).toEqual([
      'prod',
      'my-shop',
      'my-role',
      'http://127.0.0.1:1/123456789012/OnlyProd',
    ]);
  });

  it('refuses a value that a parameter does not allow', () => {
    const resolve = () => resolveIn(template, { Ref: 'Stage' }, { parameters: { Stage: 'test' } });
    expect(resolve).toThrow(
      'needs the parameter Stage, whose value is none of its AllowedValues (dev, prod).',
    );
  });

  it('refuses given values and names that the template does not have', () => {
    const resolve = () => resolveIn(template, 1, { parameters: { Stge: 'x' }, physicalNames: { Shp: 'x' } });
    expect(resolve).toThrow(InvalidOptionError);
    expect(resolve).toThrow(
      'parameters.Stge and physicalNames.Shp is given, but /service/template.json declares',
    );
  });

  it('shortens a name that would be too long to one that is as long as is allowed and always the same', () => {
    const name = resolveIn(template, { Ref: 'L'.repeat(70) });
    expect(name).toMatch(/^shop-L{50}-[0-9a-f]{8}$/);
    expect(name).toHaveLength(64);
    expect(resolveIn(template, { Ref: 'L'.repeat(70) })).toBe(name);
  });

  it.each([
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ])('knows the partition of %s', (region, partition, suffix) => {
    expect(resolveIn(template, [{ Ref: 'AWS::Partition' }, { Ref: 'AWS::URLSuffix' }], { region })).toEqual([
      partition,
      suffix,
    ]);
  });
});

const { value: resolvable } = fc.letrec<{ value: Json; text: Json; list: Json }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string(),
    fc.constantFrom<Json>(
      { Ref: 'Stage' },
      { Ref: 'Shop' },
      { 'Fn::GetAtt': 'Letters.Arn' },
      { 'Fn::Sub': '${!Stage}${Stage}' },
    ),
    fc.record({ 'Fn::Sub': fc.tuple(fc.constantFrom('${A}', '${!A}-${A}'), fc.record({ A: tie('text') })) }),
    fc.record({ 'Fn::Join': fc.tuple(fc.string(), tie('list')) }),
  ),
  list: fc.oneof(
    fc.array(tie('text'), { maxLength: 4 }),
    fc.record({ 'Fn::Split': fc.tuple(fc.string({ minLength: 1 }), tie('text')) }),
    fc.constant({ Ref: 'Zones' }),
  ),
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('text'),
    fc.constantFrom<Json>(null, true, 1, noValue),
    tie('list'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'Condition'), tie('value')),
    fc.record({ 'Fn::If': fc.tuple(fc.constantFrom('IsDev', 'IsProd'), tie('value'), tie('value')) }),
  ),
}));

describe('resolving', () => {
  it('changes nothing that it is given, and what it has resolved it leaves as it is', () => {
    fc.assert(
      fc.property(resolvable, (value) => {
        const resolved = resolveIn(template, frozen(value));
        if (resolved !== undefined) expect(resolveIn(template, frozen(resolved))).toEqual(resolved);
      }),
      { numRuns: 2_000 },
    );
  });
});
