/** What is created or run here. */
export type ResourceKind = 'table' | 'queue' | 'topic' | 'bucket' | 'function';

export interface KindOfResource {
  readonly kind: ResourceKind;
  /** The property that holds the name, if the template's author has chosen one. */
  readonly nameProperty: string;
  /** The longest name that the service takes, in characters. */
  readonly longestName: number;
}

const table: KindOfResource = { kind: 'table', nameProperty: 'TableName', longestName: 255 };
const lambda: KindOfResource = { kind: 'function', nameProperty: 'FunctionName', longestName: 64 };

/** By type; undefined for all that is not created here. */
export const kindOf = (type: string): KindOfResource | undefined => kinds.get(type);

const kinds: ReadonlyMap<string, KindOfResource> = new Map<string, KindOfResource>([
  ['AWS::DynamoDB::Table', table],
  ['AWS::DynamoDB::GlobalTable', table],
  ['AWS::Serverless::SimpleTable', table],
  ['AWS::SQS::Queue', { kind: 'queue', nameProperty: 'QueueName', longestName: 80 }],
  ['AWS::SNS::Topic', { kind: 'topic', nameProperty: 'TopicName', longestName: 256 }],
  ['AWS::S3::Bucket', { kind: 'bucket', nameProperty: 'BucketName', longestName: 63 }],
  ['AWS::Lambda::Function', lambda],
  ['AWS::Serverless::Function', lambda],
]);
