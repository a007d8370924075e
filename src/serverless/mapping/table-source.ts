import { isObject, streamViews } from '../../stream/record.ts';
import type { Problem } from '../load/load-report.ts';
import type { Resources } from '../resources/intrinsic.ts';
import { getAttribute, idOf, referenceIn } from '../resources/intrinsic.ts';
import type { TableModel } from '../rules/service-model.ts';

/** Where a mapping reads. */
export interface TableSource {
  readonly streamArn: unknown;
  /** Of the table itself, for one who reads its items; undefined where only CloudFormation could tell. */
  readonly tableArn: unknown;
  readonly model: TableModel;
}

const tableTypes: readonly unknown[] = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

/** @param table what stands in the event: a logical ID, the ARN of a stream, or an intrinsic function */
export function findTable(table: unknown, resources: Resources): TableSource | Problem {
  if (typeof table === 'string' && table.startsWith('arn:')) return fromArn(table);
  const reference = referenceIn(table);
  const logicalId = typeof table === 'string' ? table : reference?.logicalId;
  if (logicalId !== undefined && tableTypes.includes(resources[logicalId]?.Type))
    return inStack(logicalId, resources);
  const isOfStack = reference?.attribute !== undefined || Object.hasOwn(resources, logicalId ?? '');
  if (typeof table === 'string' || isOfStack) return unknownTable(logicalId ?? '', resources);
  return isUnderstood(table) ? fromElsewhere(table) : notUnderstood(table);
}

function inStack(logicalId: string, resources: Resources): TableSource | Problem {
  const properties = resources[logicalId]?.Properties ?? {};
  const { StreamSpecification: stream, TableName: name, KeySchema: keys } = properties;
  if (!isObject(stream))
    return {
      rule: 'table-without-stream',
      message: `the table "${logicalId}" has no stream.`,
      remedy: 'Give it StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }.',
    };
  return {
    streamArn: getAttribute(logicalId, 'StreamArn'),
    tableArn: getAttribute(logicalId, 'Arn'),
    model: {
      id: logicalId,
      name: typeof name === 'string' ? name : undefined,
      view: streamViews.find((view) => view === stream['StreamViewType']),
      keys: namesOf(keys),
    },
  };
}

function namesOf(keySchema: unknown): readonly string[] | undefined {
  if (!Array.isArray(keySchema)) return undefined;
  const names = keySchema.map((key: unknown) => (isObject(key) ? key['AttributeName'] : undefined));
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

/** arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL */
function fromArn(arn: string): TableSource | Problem {
  const [, tableArn, name] = /^(arn:[^:]+:dynamodb:[^/]+:table\/([^/]+))\/stream\/[^/]+$/.exec(arn) ?? [];
  if (tableArn === undefined)
    return {
      rule: 'not-a-stream',
      message: `the table of the spillway event is ${arn}, which is not the ARN of a table's stream.`,
      remedy:
        "Write the stream's ARN (arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL): aws dynamodb describe-table shows it as LatestStreamArn.",
    };
  return { streamArn: arn, tableArn, model: { id: arn, name, view: undefined, keys: undefined } };
}

const fromElsewhere = (streamArn: unknown): TableSource => ({
  streamArn,
  tableArn: undefined,
  model: { id: idOf(streamArn), name: undefined, view: undefined, keys: undefined },
});

/** As much as the framework's own stream event can take apart to name the mapping. */
function isUnderstood(table: unknown): boolean {
  if (!isObject(table)) return false;
  const { Ref: reference, 'Fn::ImportValue': imported, 'Fn::Join': join } = table;
  const parts: unknown = Array.isArray(join) ? join[1] : undefined;
  return (
    typeof reference === 'string' ||
    typeof imported === 'string' ||
    (Array.isArray(parts) && typeof parts.at(-1) === 'string')
  );
}

const notUnderstood = (table: unknown): Problem => ({
  rule: 'unknown-table',
  message: `the table of the spillway event is written with ${isObject(table) ? Object.keys(table).join(', ') : 'something'} in a form that the Serverless Framework cannot name a mapping by.`,
  remedy:
    "Write a logical ID, the stream's ARN, Ref of a parameter, Fn::ImportValue of a plain name, or Fn::Join that ends in a text.",
});

function unknownTable(name: string, resources: Resources): Problem {
  const tables = Object.keys(resources).filter((id) => tableTypes.includes(resources[id]?.Type));
  return {
    rule: 'unknown-table',
    message: `the service has no table "${name}" in its resources; it has ${tables.length === 0 ? 'none' : tables.join(', ')}.`,
    remedy: "Write a table's logical ID, or for one of another stack the ARN of its stream or an import.",
  };
}
