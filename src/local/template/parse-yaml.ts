import type * as Yaml from 'yaml';
import { LocalStackError } from '../../errors.ts';
import { notInstalled } from '../optional-package.ts';
import type { Json } from './json.ts';

/** The functions that have a short form, `!Sub` for `Fn::Sub`; unknown ones too, so that it is the plan that names them. */
const shortForms = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
] as const;

/**
 * Reads YAML with CloudFormation's short forms as what they are short for.
 * @throws LocalStackError with the line and the column of what is wrong, or if the package `yaml` is not installed
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export async function parseYaml(
  text: string,
  path: string,
  importYaml = () => import('yaml'),
): Promise<Json> {
  const yaml = await loadYaml(path, importYaml);
  const names = [
    ...shortForms.map((name) => [name, `Fn::${name}`] as const),
    ['Ref', 'Ref'],
    ['Condition', 'Condition'],
  ] as const;
  const customTags = names.flatMap(([name, key]): readonly (Yaml.ScalarTag | Yaml.CollectionTag)[] => {
    const wrapped = (value: unknown) => {
      const map = new yaml.YAMLMap();
      map.items.push(new yaml.Pair(new yaml.Scalar(key), value));
      return map;
    };
    const tag = `!${name}`;
    return [
      { tag, resolve: (scalar) => ({ [key]: scalar }) },
      { tag, collection: 'seq', resolve: wrapped },
      { tag, collection: 'map', resolve: wrapped },
    ];
  });
  const document = yaml.parseDocument(text, { customTags: [...customTags], prettyErrors: true });
  // A warning is a tag that nobody knows: its value would be taken for something else.
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong === undefined) return document.toJS() as Json;
  throw notYaml(path, wrong);
}

function loadYaml(path: string, importYaml: () => Promise<typeof Yaml>): Promise<typeof Yaml> {
  const what = `The template ${path} is YAML, and the package that reads it is not installed`;
  return importYaml().catch(notInstalled(what, 'yaml'));
}

function notYaml(path: string, cause: Yaml.YAMLError): LocalStackError {
  const { line, col } = cause.linePos?.[0] ?? { line: 1, col: 1 };
  const what =
    cause.code === 'TAG_RESOLVE_FAILED' ? 'has a tag that CloudFormation does not know' : 'is not YAML';
  return new LocalStackError(
    `The template ${path} ${what}: see line ${line}, column ${col}. Correct it there.`,
    { cause },
  );
}
