import type { ResourceConfig } from '../framework.ts';
import type { Settings } from '../settings.ts';
import { getAttribute } from './intrinsic.ts';

/** Logical IDs of what the plugin makes. */
export const made = {
  queue: 'SpillwayDeadLetters',
  queuePolicy: 'SpillwayDeadLettersPolicy',
  ledgerTable: 'SpillwayLedger',
} as const;

/** The longest that SQS keeps a message. */
export const queueRetentionSeconds = 14 * 86_400;

type Made = Readonly<Record<string, ResourceConfig>>;

/** A stack that is removed, or that names another resource, must not take letters with it, or what was done; unless it is one that comes and goes. */
const kept = (retain: boolean) =>
  retain ? ({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } as const) : {};

/** The queue for letters and pointers, and the policy by which nobody uses it without TLS. @param visibilitySeconds undefined: SQS's default */
export const queueResources = (
  { kmsKeyArn, retain }: Pick<Settings, 'kmsKeyArn' | 'retain'>,
  visibilitySeconds: number | undefined,
): Made => ({
  [made.queue]: {
    Type: 'AWS::SQS::Queue',
    ...kept(retain),
    Properties: {
      MessageRetentionPeriod: queueRetentionSeconds,
      ...(visibilitySeconds !== undefined && { VisibilityTimeout: visibilitySeconds }),
      ...(kmsKeyArn === undefined ? { SqsManagedSseEnabled: true } : { KmsMasterKeyId: kmsKeyArn }),
    },
  },
  [made.queuePolicy]: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: made.queue }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'OnlyOverTls',
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: getAttribute(made.queue, 'Arn'),
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  },
});

/** The table of the ledger: its key and its time to live are those of `dynamoDBLedger`. */
export const ledgerResources = ({
  kmsKeyArn,
  pointInTimeRecovery,
  retain,
}: Pick<Settings, 'kmsKeyArn' | 'pointInTimeRecovery' | 'retain'>): Made => ({
  [made.ledgerTable]: {
    Type: 'AWS::DynamoDB::Table',
    ...kept(retain),
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
      SSESpecification: {
        SSEEnabled: true,
        ...(kmsKeyArn !== undefined && { SSEType: 'KMS', KMSMasterKeyId: kmsKeyArn }),
      },
      ...(pointInTimeRecovery && {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    },
  },
});
