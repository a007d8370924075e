type Plain = Readonly<Record<string, unknown>>;

interface Conditional {
  /** Name or ARN. In the region and account of the ledger's table. */
  readonly TableName: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  /** In plain values, as handlers see them. */
  readonly ExpressionAttributeValues?: Plain;
  /** `ALL_OLD`: the item that a condition failed on is in the error. */
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
}

/**
 * An entry of TransactWriteItems, with items, keys and values as plain JavaScript.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItem.html
 */
export type CommitWrite =
  | { readonly Put: Conditional & { readonly Item: Plain } }
  | { readonly Update: Conditional & { readonly Key: Plain; readonly UpdateExpression: string } }
  | { readonly Delete: Conditional & { readonly Key: Plain } }
  | { readonly ConditionCheck: Conditional & { readonly Key: Plain; readonly ConditionExpression: string } };
