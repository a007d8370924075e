import type { Properties } from './properties.ts';
import type {
  AttributeDefinition,
  KeySchemaElement,
  PlannedIndex,
  PlannedTable,
  ProvisionedThroughput,
} from './resource-plan.ts';
import type { ResolvedTemplate } from './scope.ts';
import type { Resource } from './template.ts';
import { withoutUndefined } from './without-undefined.ts';

/**
 * A table, from a resource of one of the three types that make one.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html
 */
export function plannedTable(resource: Resource, resolved: ResolvedTemplate): PlannedTable {
  const { logicalId, type } = resource;
  const properties = resolved.properties(resource);
  const identity = { logicalId, name: resolved.nameOf(resource) };
  if (type === 'AWS::Serverless::SimpleTable') return { ...identity, ...simpleTable(properties) };

  const isGlobal = type === 'AWS::DynamoDB::GlobalTable';
  const timeToLive = properties.nested('TimeToLiveSpecification');
  return {
    ...identity,
    keySchema: keySchema(properties),
    attributeDefinitions: nestedIn(properties, 'AttributeDefinitions').map(attributeDefinition),
    ...withoutUndefined({
      streamViewType: properties
        .nested('StreamSpecification')
        ?.word('StreamViewType', ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']),
      timeToLiveAttribute: timeToLive?.flag('Enabled') ? timeToLive.requiredText('AttributeName') : undefined,
      globalSecondaryIndexes: properties.nestedList('GlobalSecondaryIndexes')?.map(index),
      localSecondaryIndexes: properties.nestedList('LocalSecondaryIndexes')?.map(index),
    }),
    ...(isGlobal ? { billingMode: 'PAY_PER_REQUEST' } : billing(properties)),
  };
}

function simpleTable(properties: Properties): Omit<PlannedTable, 'logicalId' | 'name'> {
  const key = properties.nested('PrimaryKey');
  const AttributeName = key?.text('Name') ?? 'id';
  const type = key?.word('Type', ['String', 'Number', 'Binary']) ?? 'String';
  const throughput = provisionedThroughput(properties);
  return {
    keySchema: [{ AttributeName, KeyType: 'HASH' }],
    attributeDefinitions: [
      { AttributeName, AttributeType: ({ String: 'S', Number: 'N', Binary: 'B' } as const)[type] },
    ],
    ...(throughput === undefined
      ? { billingMode: 'PAY_PER_REQUEST' }
      : { billingMode: 'PROVISIONED', provisionedThroughput: throughput }),
  };
}

/** CloudFormation's default is PROVISIONED. */
function billing(properties: Properties): Pick<PlannedTable, 'billingMode' | 'provisionedThroughput'> {
  const billingMode = properties.word('BillingMode', ['PAY_PER_REQUEST', 'PROVISIONED']) ?? 'PROVISIONED';
  if (billingMode === 'PAY_PER_REQUEST') return { billingMode };
  return { billingMode, ...withoutUndefined({ provisionedThroughput: provisionedThroughput(properties) }) };
}

function provisionedThroughput(properties: Properties): ProvisionedThroughput | undefined {
  const throughput = properties.nested('ProvisionedThroughput');
  if (throughput === undefined) return undefined;
  return {
    ReadCapacityUnits: throughput.number('ReadCapacityUnits') ?? 1,
    WriteCapacityUnits: throughput.number('WriteCapacityUnits') ?? 1,
  };
}

function index(properties: Properties): PlannedIndex {
  const projection = properties.nested('Projection');
  return {
    IndexName: properties.requiredText('IndexName'),
    KeySchema: keySchema(properties),
    Projection: {
      ProjectionType: projection?.word('ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE']) ?? 'ALL',
      ...withoutUndefined({ NonKeyAttributes: projection?.texts('NonKeyAttributes') }),
    },
    ...withoutUndefined({ ProvisionedThroughput: provisionedThroughput(properties) }),
  };
}

const keySchema = (properties: Properties): readonly KeySchemaElement[] =>
  nestedIn(properties, 'KeySchema').map((element) => ({
    AttributeName: element.requiredText('AttributeName'),
    KeyType: element.requiredWord('KeyType', ['HASH', 'RANGE']),
  }));

const attributeDefinition = (properties: Properties): AttributeDefinition => ({
  AttributeName: properties.requiredText('AttributeName'),
  AttributeType: properties.requiredWord('AttributeType', ['S', 'N', 'B']),
});

const nestedIn = (properties: Properties, name: string): readonly Properties[] =>
  properties.nestedList(name) ?? [];
