import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LocalStackError } from '../../../src/errors.ts';
import { parseYaml } from '../../../src/local/template/parse-yaml.ts';
import { readTemplate } from '../../../src/local/template/read-template.ts';

const folder = { path: '' };
beforeAll(async () => {
  folder.path = await mkdtemp(join(tmpdir(), 'spillway-template-'));
});
afterAll(() => rm(folder.path, { recursive: true }));

async function read(name: string, text: string) {
  const path = join(folder.path, name);
  await writeFile(path, text);
  return readTemplate(path);
}

const mapping = (source: string) =>
  `{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"},"M":{"Type":"AWS::Lambda::EventSourceMapping","Properties":{"EventSourceArn":${source}}}}}`;

describe('reading a template', () => {
  it.each([
    ['template.json', '{"Resources": {\n  "A": }}', 'is not JSON: see line 2, column 8.'],
    ['template.json', '{"Resources": {\n', 'is not JSON: see line 2, column 1.'],
    ['template', '{"Resources"', 'is not JSON: see line 1, column 13.'],
    ['template.yaml', 'Resources:\n  A: [1\n  B: 2\n', 'is not YAML: see line 3, column 3.'],
    ['template.yml', 'Resources:\n  A: 1\n  A: 2\n', 'is not YAML: see line 3, column 3.'],
    [
      'template.yaml',
      'Resources:\n  A: !Reff B\n',
      'has a tag that CloudFormation does not know: see line 2, column 6.',
    ],
    ['template.yaml', '', 'has no Resources. Give the path of a CloudFormation or SAM template'],
    ['template.json', '{"Resources": {}}', 'has no Resources.'],
    ['template.json', '[]', 'has no Resources.'],
    ['template.json', '{"Resources": {"Fn::ForEach::X": []}}', 'Resources.Fn::ForEach::X in '],
    [
      'template.json',
      '{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}}',
      'has no event source mapping of a',
    ],
    [
      'template.json',
      mapping('{"Fn::GetAtt":["M","Arn"]}'),
      'has no event source mapping of a DynamoDB stream or a queue,',
    ],
    [
      'template.json',
      mapping('"arn:aws:kinesis:eu-central-1:1:stream/x"'),
      'has no event source mapping of a DynamoDB stream or a queue,',
    ],
  ])('refuses %s with %j', async (name, text, message) => {
    const error: unknown = await read(name, text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LocalStackError);
    expect(error).toMatchObject({ message: expect.stringContaining(message) as string });
    expect(error).toMatchObject({ message: expect.stringContaining(join(folder.path, name)) as string });
  });

  it('names the file that is not there', async () => {
    const path = join(folder.path, 'nowhere.json');
    await expect(readTemplate(path)).rejects.toThrow(
      `The template ${path} cannot be read. Package the service first`,
    );
    await expect(readTemplate(path)).rejects.toBeInstanceOf(LocalStackError);
  });

  it.each([
    '"arn:aws:dynamodb:eu-central-1:1:table/T/stream/L"',
    '{"Ref":"StreamArn"}',
    '{"Fn::ImportValue":"x"}',
  ])('lets a mapping of %s pass: only resolving it can tell', async (source) => {
    expect((await read('template.json', mapping(source))).resources.size).toBe(2);
  });
});

describe('reading YAML', () => {
  it('takes the short forms for what they are short for', async () => {
    const text = [
      'a: !Ref Shop',
      'b: !GetAtt Shop.StreamArn',
      'c: !GetAtt [Shop, !Ref Attribute]',
      "d: !Sub ['${A}', { A: !Join ['-', [!Ref X, 1]] }]",
      'e: !If [IsProd, !Ref AWS::NoValue, !Sub "${B}"]',
      'f: !Condition IsProd',
      'g: !Transform { Name: AWS::Include }',
      'h: !Not [!Equals [1, 2]]',
      'i: !Sub |',
      '  two',
      '  lines',
      'j: 2010-09-09',
    ].join('\n');
    expect(await parseYaml(text, 'template.yaml')).toEqual({
      a: { Ref: 'Shop' },
      b: { 'Fn::GetAtt': 'Shop.StreamArn' },
      c: { 'Fn::GetAtt': ['Shop', { Ref: 'Attribute' }] },
      d: { 'Fn::Sub': ['${A}', { A: { 'Fn::Join': ['-', [{ Ref: 'X' }, 1]] } }] },
      e: { 'Fn::If': ['IsProd', { Ref: 'AWS::NoValue' }, { 'Fn::Sub': '${B}' }] },
      f: { Condition: 'IsProd' },
      g: { 'Fn::Transform': { Name: 'AWS::Include' } },
      h: { 'Fn::Not': [{ 'Fn::Equals': [1, 2] }] },
      i: { 'Fn::Sub': 'two\nlines\n' },
      j: '2010-09-09',
    });
  });

  it('says what to install if the package for it is missing', async () => {
    const missing = () => Promise.reject(new Error('Cannot find package'));
    await expect(parseYaml('a: 1', '/service/template.yaml', missing)).rejects.toMatchObject({
      code: 'LOCAL_STACK',
      message:
        'The template /service/template.yaml is YAML, and the package that reads it is not installed: ' +
        'npm install --save-dev yaml',
    });
  });
});
