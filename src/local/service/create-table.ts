import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { LocalStackError } from '../../errors.ts';
import type { PlannedTable } from '../template/resource-plan.ts';

export interface CreatedTable {
  readonly arn: string;
  /** Undefined for a table without a stream. */
  readonly streamArn: string | undefined;
}

/** Creates a table, or takes the one that is there from an earlier run if it is the same.
 * @throws LocalStackError if it is another */
export async function createTable(client: DynamoDBClient, table: PlannedTable): Promise<CreatedTable> {
  const description = await createOrFind(client, table);
  if (table.timeToLiveAttribute !== undefined) await expireBy(client, table.name, table.timeToLiveAttribute);
  return { arn: description.TableArn ?? '', streamArn: description.LatestStreamArn };
}

async function createOrFind(client: DynamoDBClient, table: PlannedTable): Promise<TableDescription> {
  try {
    const created = await client.send(
      new CreateTableCommand({
        TableName: table.name,
        KeySchema: [...table.keySchema],
        AttributeDefinitions: [...table.attributeDefinitions],
        BillingMode: table.billingMode,
        ProvisionedThroughput: table.provisionedThroughput,
        ...(table.globalSecondaryIndexes && {
          GlobalSecondaryIndexes: table.globalSecondaryIndexes.map(copy),
        }),
        ...(table.localSecondaryIndexes && { LocalSecondaryIndexes: table.localSecondaryIndexes.map(copy) }),
        ...(table.streamViewType && {
          StreamSpecification: { StreamEnabled: true, StreamViewType: table.streamViewType },
        }),
      }),
    );
    return created.TableDescription ?? {};
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName: table.name }));
    checkSame(Table, table);
    return Table;
  }
}

/** The SDK's types ask for lists that may be changed. */
const copy = <Index extends NonNullable<PlannedTable['globalSecondaryIndexes']>[number]>(index: Index) => ({
  ...index,
  KeySchema: [...index.KeySchema],
  Projection: {
    ...index.Projection,
    NonKeyAttributes: index.Projection.NonKeyAttributes && [...index.Projection.NonKeyAttributes],
  },
});

interface Shape {
  readonly KeySchema?: readonly { readonly AttributeName?: string | undefined }[] | undefined;
  readonly AttributeDefinitions?: readonly Attribute[] | undefined;
  readonly StreamViewType: string | undefined;
  readonly indexes: readonly Index[];
}
interface Attribute {
  readonly AttributeName?: string | undefined;
  readonly AttributeType?: string | undefined;
}
interface Index {
  readonly IndexName?: string | undefined;
  readonly KeySchema?: readonly { readonly AttributeName?: string | undefined }[] | undefined;
}

/** Streams and indexes could be changed in place; keys cannot, and what was kept is local data. */
function checkSame(there: TableDescription, table: PlannedTable): void {
  const kept = describe({
    ...there,
    StreamViewType: there.StreamSpecification?.StreamViewType,
    indexes: [...(there.GlobalSecondaryIndexes ?? []), ...(there.LocalSecondaryIndexes ?? [])],
  });
  const wanted = describe({
    KeySchema: table.keySchema,
    AttributeDefinitions: table.attributeDefinitions,
    StreamViewType: table.streamViewType,
    indexes: [...(table.globalSecondaryIndexes ?? []), ...(table.localSecondaryIndexes ?? [])],
  });
  if (kept === wanted) return;
  throw new LocalStackError(
    `The table ${table.name} (${table.logicalId}) is there already with ${kept}; the template says ${wanted}. ` +
      `Start anew; if its data were kept, delete their folder before, or give another one.`,
  );
}

function describe({ KeySchema = [], AttributeDefinitions = [], StreamViewType, indexes }: Shape): string {
  const typeOf = (name: string | undefined) =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  const keys = (schema: Shape['KeySchema'] = []) =>
    schema.map(({ AttributeName }) => `${AttributeName ?? ''} (${typeOf(AttributeName) ?? ''})`).join(', ');
  const described = indexes.map((index) => `${index.IndexName ?? ''} of ${keys(index.KeySchema)}`).toSorted();
  return `keys ${keys(KeySchema)}; indexes ${described.join(', ') || 'none'}; stream ${StreamViewType ?? 'none'}`;
}

async function expireBy(client: DynamoDBClient, TableName: string, AttributeName: string): Promise<void> {
  const { TimeToLiveDescription: there } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (there?.AttributeName === AttributeName && there.TimeToLiveStatus === 'ENABLED') return;
  const TimeToLiveSpecification = { AttributeName, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}
