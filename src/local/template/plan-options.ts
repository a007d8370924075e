/** What CloudFormation knows about a stack besides its template. */
export interface PlanOptions {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Default `local`. Names that the template leaves open begin with it. */
  readonly stackName?: string;
  /** Values of the template's parameters by name. Default none: each parameter has its own Default. */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Names by logical ID that win over the template's. For a resource that is not created here it is what Ref gives.
   * Default none.
   */
  readonly physicalNames?: Readonly<Record<string, string>>;
}

export const defaultStackName = 'local';

/**
 * What only the creation of a resource brings to light, such as a table's `StreamArn` and a queue's `QueueUrl`. It is
 * asked before anything is computed, so it may also stand in for what is not created here at all.
 */
export type AttributeOf = (logicalId: string, attribute: string) => string | undefined;
