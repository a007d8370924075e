import { InvalidOptionError } from '../../errors.ts';

/** What `--table` names. */
export interface TableName {
  readonly name: string;
  /** Undefined if only the name was given. */
  readonly arn: string | undefined;
  /** The region that the ARN tells. */
  readonly region: string | undefined;
}

/** @throws InvalidOptionError that says what can be written */
export function readTable(text: string): TableName {
  if (/^[\w.-]{3,255}$/.test(text)) return { name: text, arn: undefined, region: undefined };
  const [, region, name] = /^arn:[^:]+:dynamodb:([^:]+):[^:]*:table\/([\w.-]{3,255})$/.exec(text) ?? [];
  if (name === undefined)
    throw new InvalidOptionError(
      'It takes the name of a table, 3 to 255 letters, digits, "_", "-" and ".", or the ARN of a table.',
    );
  return { name, arn: text, region };
}
