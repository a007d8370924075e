import type { Resources } from './intrinsic.ts';
import { getAttribute, idOf, referenceIn } from './intrinsic.ts';

/** A queue or a table, wherever it comes from. */
export interface Place {
  /** A logical ID or an ARN: the same for the same thing. */
  readonly id: string;
  readonly arn: unknown;
  /** What `Ref` gives for it: the URL of a queue, the name of a table. */
  readonly reference: unknown;
  /** Whether it is part of this stack, so that nobody else's deployment uses it by its name. */
  readonly isInStack: boolean;
}

export const placeInStack = (logicalId: string): Place => ({
  id: logicalId,
  arn: getAttribute(logicalId, 'Arn'),
  reference: { Ref: logicalId },
  isInStack: true,
});

const types = { queue: ['AWS::SQS::Queue'], table: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'] };

/**
 * A queue or table of the user's own: a logical ID, an ARN, or an intrinsic function that gives an ARN. Undefined: the
 * logical ID is of no such resource.
 */
export function placeOf(given: unknown, kind: 'queue' | 'table', resources: Resources): Place | undefined {
  const name = typeof given === 'string' && !given.startsWith('arn:') ? given : undefined;
  const logicalId = name ?? referenceIn(given)?.logicalId;
  if (logicalId !== undefined && types[kind].includes(resources[logicalId]?.Type ?? ''))
    return placeInStack(logicalId);
  if (name !== undefined) return undefined;
  const reference = kind === 'queue' ? queueUrl(given) : tableName(given);
  return { id: idOf(given), arn: given, reference, isInStack: false };
}

/** A table of this account and region by its name. */
export const namedTable = (name: string): Place => {
  const arn = {
    'Fn::Sub': `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${name}`,
  };
  return { id: idOf(arn), arn, reference: name, isInStack: false };
};

/** By its URL. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html */
export function namedQueue(url: string): Place | undefined {
  const [, region, account, name] = /^https:\/\/sqs\.([^.]+)\.[^/]+\/(\d+)\/([^/]+)$/.exec(url) ?? [];
  if (region === undefined || account === undefined || name === undefined) return undefined;
  const arn = { 'Fn::Sub': `arn:\${AWS::Partition}:sqs:${region}:${account}:${name}` };
  return { id: idOf(arn), arn, reference: url, isInStack: false };
}

/** As SQS and its metrics know it. */
export const queueName = ({ id, arn, isInStack }: Place): unknown =>
  isInStack ? getAttribute(id, 'QueueName') : partOf(arn, ':', 5);

const suffix = { Ref: 'AWS::URLSuffix' };

/** arn:aws:sqs:REGION:ACCOUNT:NAME, whose parts only CloudFormation may know. */
function queueUrl(arn: unknown): unknown {
  const part = (index: number) => partOf(arn, ':', index);
  return { 'Fn::Join': ['', ['https://sqs.', part(3), '.', suffix, '/', part(4), '/', part(5)]] };
}

/** arn:aws:dynamodb:REGION:ACCOUNT:table/NAME */
const tableName = (arn: unknown): unknown => partOf(arn, '/', 1);

const partOf = (arn: unknown, delimiter: string, index: number): unknown =>
  typeof arn === 'string'
    ? (arn.split(delimiter)[index] ?? '')
    : { 'Fn::Select': [index, { 'Fn::Split': [delimiter, arn] }] };
