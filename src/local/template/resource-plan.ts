/** What is to be created before the functions are known, and what is not. */
export interface ResourcePlan {
  readonly tables: readonly PlannedTable[];
  /** A queue stands behind those that it sends dead letters to. */
  readonly queues: readonly PlannedQueue[];
  readonly topics: readonly PlannedTopic[];
  readonly subscriptions: readonly PlannedSubscription[];
  readonly buckets: readonly PlannedBucket[];
  /** HTTP APIs of API Gateway. */
  readonly apis: readonly PlannedApi[];
  /** What can be created in principle, but not as it stands in the template. */
  readonly notRun: readonly NotRun[];
  /** All resources of types that a local stack does not have. */
  readonly notCreated: readonly NotCreated[];
}

/** What CreateTable and UpdateTimeToLive take; the parts of lists are in AWS's names. */
export interface PlannedTable {
  readonly logicalId: string;
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  /** Undefined for a table without a stream. */
  readonly streamViewType?: StreamViewType;
  /** The attribute that holds the time; undefined where it is not there or not enabled. */
  readonly timeToLiveAttribute?: string;
  readonly globalSecondaryIndexes?: readonly PlannedIndex[];
  readonly localSecondaryIndexes?: readonly PlannedIndex[];
  /** `PAY_PER_REQUEST` for a table of type GlobalTable: its capacity is scaled, which nothing here does. */
  readonly billingMode: BillingMode;
  /** With `PROVISIONED` only. */
  readonly provisionedThroughput?: ProvisionedThroughput;
}

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';
export type BillingMode = 'PAY_PER_REQUEST' | 'PROVISIONED';

export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

export interface AttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: 'S' | 'N' | 'B';
}

export interface ProvisionedThroughput {
  readonly ReadCapacityUnits: number;
  readonly WriteCapacityUnits: number;
}

export interface PlannedIndex {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: {
    readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
    readonly NonKeyAttributes?: readonly string[];
  };
  readonly ProvisionedThroughput?: ProvisionedThroughput;
}

export interface PlannedQueue {
  readonly logicalId: string;
  readonly name: string;
  /** As CreateQueue takes them, all texts; what encrypts a queue is left out. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PlannedTopic {
  readonly logicalId: string;
  readonly name: string;
  /** As CreateTopic takes them. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A queue that gets what is published to a topic. */
export interface PlannedSubscription {
  /** The subscription's, or the topic's in which it stands. */
  readonly logicalId: string;
  readonly topicArn: string;
  readonly queueArn: string;
  /** As Subscribe takes them (`RawMessageDelivery`, `FilterPolicy`, ...), all texts. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PlannedBucket {
  readonly logicalId: string;
  readonly name: string;
}

export interface PlannedApi {
  readonly logicalId: string;
  readonly name: string;
}

export interface NotCreated {
  readonly logicalId: string;
  /** CloudFormation's. */
  readonly type: string;
}

/** Something that would have run in AWS and does not here. */
export interface NotRun extends NotCreated {
  /** Reads on from its name: `its source is an AWS::SQS::Queue; ...`. */
  readonly reason: string;
}
