/** A request of DynamoDB's, as the proxy sees it. */
export interface ProxiedRequest {
  /** `BatchExecuteStatement`, say. */
  readonly operation: string;
  readonly body: Body;
  /** 1 for the first that came. */
  readonly number: number;
}

export type Body = Readonly<Record<string, unknown>>;

/** What goes wrong with a request. One that does not fit its operation does nothing. */
export type Fault =
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Refused without being carried out, as DynamoDB refuses what comes too fast. */
  | {
      readonly kind: 'throttle';
      readonly error: 'ProvisionedThroughputExceededException' | 'ThrottlingException';
    }
  /** Of a BatchExecuteStatement: the statements at these places are throttled, the others are carried out. */
  | { readonly kind: 'throttle-statements'; readonly at: readonly number[] }
  /** Of a BatchGetItem or BatchWriteItem: so many are carried out, and the others are handed back. */
  | { readonly kind: 'unprocessed'; readonly keep: number }
  /** Not carried out and never answered. */
  | { readonly kind: 'hang' }
  /** The connection breaks before the request is carried out. */
  | { readonly kind: 'reset-before' }
  /** The request is carried out, and the connection breaks in the middle of the answer. */
  | { readonly kind: 'reset-after' }
  /** Status 500, and not carried out. */
  | { readonly kind: 'server-error' };

/** Decides what goes wrong with a request. Undefined: nothing. */
export type Plan = (request: ProxiedRequest) => Fault | undefined;
