import type { TableDescription } from '@aws-sdk/client-dynamodb';
import {
  DescribeTableCommand,
  DynamoDBServiceException,
  ListTablesCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { InvalidOptionError, LocalStackError } from '../../errors.ts';
import type { StartingPosition } from '../../local/index.ts';
import type { AwsConnection } from './aws-connection.ts';
import type { TableName } from './read-table.ts';

export interface FoundStream {
  readonly streamArn: string;
  /** `NEW_AND_OLD_IMAGES`, for one. */
  readonly view: string;
}

/**
 * The stream of a table. One that was turned off can be read from its beginning for a day; it has no end to wait at.
 * @throws InvalidOptionError if there is no such table, naming others, or if it has no stream, with what turns it on
 * @throws LocalStackError if DynamoDB refuses or does not answer
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export async function findStream(
  table: TableName,
  from: StartingPosition,
  connection: AwsConnection,
  abortSignal: AbortSignal,
): Promise<FoundStream> {
  const { LatestStreamArn, StreamSpecification } = await describe(table, connection, abortSignal);
  const isOn = StreamSpecification?.StreamEnabled === true;
  if (LatestStreamArn === undefined || (!isOn && from === 'LATEST'))
    throw new InvalidOptionError(
      `Table "${table.name}" has no stream. To turn it on:\n  aws dynamodb update-table --table-name ${table.name} ` +
        '--stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES' +
        (connection.endpoint === undefined
          ? ` --region ${connection.region}`
          : ` --endpoint-url ${connection.endpoint}`),
    );
  return { streamArn: LatestStreamArn, view: StreamSpecification?.StreamViewType ?? 'turned off' };
}

async function describe(
  { name, arn }: TableName,
  connection: AwsConnection,
  abortSignal: AbortSignal,
): Promise<TableDescription> {
  const { dynamodb, isOnThisMachine } = connection;
  // Local DynamoDBs do not all take an ARN here, and have but one account.
  const command = new DescribeTableCommand({ TableName: isOnThisMachine ? name : (arn ?? name) });
  try {
    return (await dynamodb.send(command, { abortSignal })).Table ?? {};
  } catch (cause) {
    const place = placeOf(connection);
    if (cause instanceof ResourceNotFoundException) {
      const others = await otherTables(connection, abortSignal);
      throw new InvalidOptionError(`There is no table "${name}" ${place}.${others}`);
    }
    if (cause instanceof DynamoDBServiceException)
      throw new LocalStackError(`DynamoDB ${place} refuses to describe table "${name}".`, { cause });
    throw new LocalStackError(
      `DynamoDB ${place} does not answer: is it running, and are --endpoint and --region right?`,
      { cause },
    );
  }
}

export const placeOf = ({ endpoint, region }: Pick<AwsConnection, 'endpoint' | 'region'>): string =>
  endpoint === undefined ? `in ${region}` : `at ${endpoint}`;

/** A help for a name misspelt: who may not list tables goes without. */
async function otherTables({ dynamodb }: AwsConnection, abortSignal: AbortSignal): Promise<string> {
  try {
    const { TableNames = [], LastEvaluatedTableName } = await dynamodb.send(
      new ListTablesCommand({ Limit: 10 }),
      { abortSignal },
    );
    if (TableNames.length === 0) return ' There are no tables at all.';
    return ` There are: ${TableNames.join(', ')}${LastEvaluatedTableName === undefined ? '' : ', and more'}.`;
  } catch {
    return '';
  }
}
