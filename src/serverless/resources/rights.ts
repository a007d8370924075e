/** A statement of an IAM policy. */
export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/**
 * What a ledger does to its table, whatever its guarantee, for `spillway dlq replay --function` invokes the very function:
 * with any of them a replay claims (PartiQL statements, taken over with a put) and puts what it has replayed of an item. The
 * stream, `context.commit` and parked items need nothing beside. No GetItem, no Query, no Scan: entries are read by their
 * keys, and many at once.
 */
export const ledgerActions: readonly string[] = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLDelete',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PutItem',
];

/** Where large letters are kept. */
export interface LetterBucket {
  readonly name: string;
  readonly keyPrefix: string;
}

const objectsIn = ({ name, keyPrefix }: LetterBucket): unknown => ({
  'Fn::Sub': `arn:\${AWS::Partition}:s3:::${name}/${keyPrefix}*`,
});

/** What a function works with. Of what is undefined, it does not, or nobody knows. */
export interface RightsParts {
  readonly ledgerArn: unknown;
  /** For letters; undefined if they go elsewhere. */
  readonly letterQueueArn: unknown;
  readonly bucket: LetterBucket | undefined;
  /** Of the key with which the queue and the ledger are encrypted. */
  readonly kmsKeyArn: unknown;
}

export const rightsOf = (parts: RightsParts): readonly Statement[] => [
  ...(parts.ledgerArn === undefined ? [] : [allow(ledgerActions, parts.ledgerArn)]),
  ...(parts.letterQueueArn === undefined ? [] : [allow(['sqs:SendMessage'], parts.letterQueueArn)]),
  ...(parts.bucket === undefined ? [] : [allow(['s3:PutObject'], objectsIn(parts.bucket))]),
  ...(parts.kmsKeyArn === undefined ? [] : [useOfKey(parts.kmsKeyArn)]),
];

/** Of the consumers whose letters it replays. */
export interface ReplayParts {
  readonly tableArns: readonly unknown[];
  readonly streamArns: readonly unknown[];
  readonly buckets: readonly LetterBucket[];
}

/** What a function at the queue needs beside the rights of the consumer, and what the framework grants for its event. */
export const replayRights = ({ tableArns, streamArns, buckets }: ReplayParts): readonly Statement[] => [
  // A record of a pointer may become a large letter itself.
  ...buckets.map((bucket) => allow(['s3:GetObject', 's3:PutObject'], objectsIn(bucket))),
  // Whether an item has changed since its letter was written.
  ...(tableArns.length === 0 ? [] : [allow(['dynamodb:BatchGetItem'], tableArns)]),
  // The records that a pointer points to.
  ...(streamArns.length === 0
    ? []
    : [allow(['dynamodb:GetRecords', 'dynamodb:GetShardIterator'], streamArns)]),
];

/** The mapping sends pointers in the function's name. */
export const pointerRights = (queueArn: unknown): readonly Statement[] =>
  queueArn === undefined ? [] : [allow(['sqs:SendMessage'], queueArn)];

/** Segments belong to no resource.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
export const tracingRights: Statement = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
};

/** Only through the services that hold what is encrypted with it.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
const useOfKey = (kmsKeyArn: unknown): Statement => ({
  ...allow(['kms:Decrypt', 'kms:GenerateDataKey'], kmsKeyArn),
  Condition: {
    StringEquals: {
      'kms:ViaService': ['dynamodb', 'sqs'].map((service) => ({
        'Fn::Sub': `${service}.\${AWS::Region}.\${AWS::URLSuffix}`,
      })),
    },
  },
});

const allow = (actions: readonly string[], resource: unknown): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
});
