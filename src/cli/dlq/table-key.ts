import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { InvalidOptionError } from '../../errors.ts';
import { toLambdaJson } from '../../stream/lambda-record.ts';
import type { MarshalledImage } from '../../stream/record.ts';
import type { PlainKey } from './read-choice.ts';

type KeyFacts = Pick<TableDescription, 'TableName' | 'KeySchema' | 'AttributeDefinitions'>;

/**
 * The whole key of an item, marshalled as Lambda hands it over. The table knows of what type its attributes are, so a word
 * of the command line may be a text or a number.
 * @param given each with all that it could mean
 * @throws InvalidOptionError that names the attributes, and no values
 */
export function tableKey(
  given: readonly (readonly PlainKey[])[],
  { TableName = '', KeySchema = [], AttributeDefinitions = [] }: KeyFacts,
): MarshalledImage {
  const names = KeySchema.map(({ AttributeName = '' }) => AttributeName);
  const unknown = given
    .flat()
    .flatMap(Object.keys)
    .find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidOptionError(
      `--key names "${unknown}", which is no part of the key of table "${TableName}": that is ${names.join(', ')}.`,
    );
  const typeOf = new Map(AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]));
  const key = names.map((name) => {
    const values = given
      .filter((meanings) => meanings.some((each) => Object.hasOwn(each, name)))
      .flatMap((meanings) =>
        meanings
          .map((each) => each[name])
          .filter(isOf(typeOf.get(name)))
          .slice(0, 1),
      );
    const [value, ...others] = values;
    if (value === undefined || others.length > 0)
      throw new InvalidOptionError(
        `The key of table "${TableName}" is ${names.join(' and ')}: give each once with --key, "${name}" as ${
          wordsFor[typeOf.get(name) ?? 'S']
        }.`,
      );
    return [name, value] as const;
  });
  return toLambdaJson(marshall(Object.fromEntries(key))) as MarshalledImage;
}

const wordsFor = { S: 'a text', N: 'a number', B: 'bytes: {"NAME":{"$binary":"base64"}}' };

const isOf =
  (type: keyof typeof wordsFor = 'S') =>
  (value: unknown): boolean => {
    if (type === 'S') return typeof value === 'string';
    if (type === 'B') return value instanceof Uint8Array;
    return value !== undefined && typeof value !== 'string' && !(value instanceof Uint8Array);
  };
