import type { Context } from 'aws-lambda';
import type { ChangeRecord, InsertRecord, ModifyRecord, RemoveRecord } from '../stream/change.ts';
import type { EventName, StreamView } from '../stream/record.ts';
import type { CommitWrite } from './commit-write.ts';
import type { Entity } from './entity.ts';

/** What a handler is told beside the change. */
export interface RouteContext {
  /** The name of the route that runs. */
  readonly route: string;
  /** Whose work it is. Spillway always says; what stands in for a context in a test need not. */
  readonly consumer?: string;
  /** Aborts as the deadline nears, and when the route's `timeoutMs` is over. Pass it on to whatever you wait for. */
  readonly signal: AbortSignal;
  /** 1 on the first attempt of this invocation. */
  readonly attempt: number;
  /** Whether the change comes from a dead letter and not from the stream. */
  readonly isReplay: boolean;
  /** The same for every delivery of this change to this route: pass it on to a payment provider, say. 64 hex digits. */
  readonly idempotencyKey: string;
  /** Lambda's own context. */
  readonly lambda: Context;
  /**
   * Carries out DynamoDB writes and the ledger's entry that says so in one transaction: both or neither, also if the
   * process dies in between. Once per attempt, as the last thing. Up to 99 writes, in the ledger's region and account.
   * @throws CommitConditionError if a condition of a write does not hold; then nothing was written
   * @throws AlreadySettledError if another run has settled the record meanwhile
   * @throws CommitRefusedError if it cannot work: too many writes, called twice, a ledger that cannot
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
   */
  readonly commit: (writes: readonly CommitWrite[]) => Promise<void>;
}

/** What to do about a change. What it returns is not kept. */
export type Handle<Change> = (change: Change, context: RouteContext) => unknown;

/** Back-off with full jitter: the n-th delay is a random time up to `min(maxDelayMs, baseDelayMs * 2^(n-1))`. */
export interface RetryOptions {
  /** How often an error that is neither permanent nor transient is tried, the first time included. Default 3. */
  readonly attempts?: number;
  /** Default 100. */
  readonly baseDelayMs?: number;
  /** Default 5,000. */
  readonly maxDelayMs?: number;
}

interface CommonOptions<Change> {
  /** Decides on the decoded and validated change whether the route is for it. Must not have effects. */
  readonly when?: (change: Change) => boolean;
  /** Overrides the handler's `retry` for this route. */
  readonly retry?: RetryOptions;
  /** How long one attempt may take. Default: until the deadline. */
  readonly timeoutMs?: number;
}

export type InsertOptions<Item, View extends StreamView> = CommonOptions<InsertRecord<Item, View>>;

export type ModifyOptions<Item, Attribute extends string, View extends StreamView> = CommonOptions<
  ModifyRecord<Item, View>
> &
  (View extends 'NEW_AND_OLD_IMAGES'
    ? {
        /** Only if at least one of these top-level attributes was added, removed or given another value. */
        readonly changed?: readonly [Attribute, ...Attribute[]];
      }
    : { readonly changed?: never });

export type RemoveOptions<Item, View extends StreamView> = CommonOptions<RemoveRecord<Item, View>> & {
  /** `true`: only what time to live has deleted; `false`: only what somebody has deleted. Default: both. */
  readonly expired?: boolean;
};

export type ChangeOptions<Item, View extends StreamView> = CommonOptions<ChangeRecord<Item, View>>;

/**
 * Runs around every attempt of every route of a router. Images are what the route's entity makes of them. Without a
 * call of `next` the route does not run and counts as handled.
 */
export type Middleware<View extends StreamView = StreamView> = (
  change: ChangeRecord<unknown, View>,
  context: RouteContext,
  next: () => Promise<void>,
) => unknown;

/** A change whose item and view are known to the route only. */
export type AnyChange = ChangeRecord<unknown, StreamView>;

/** A route as the rest of Spillway sees it: the types of the user are behind it. */
export interface Route {
  readonly name: string;
  readonly eventNames: readonly EventName[];
  readonly entity: Entity<unknown>;
  readonly changed: readonly string[] | undefined;
  readonly expired: boolean | undefined;
  readonly when: ((change: AnyChange) => boolean) | undefined;
  readonly retry: RetryOptions | undefined;
  readonly timeoutMs: number | undefined;
  readonly handle: Handle<AnyChange>;
}

/** What `createHandler` takes from a router. */
export interface RouterDefinition {
  /** Undefined: any table. */
  readonly tables: readonly string[] | undefined;
  readonly view: StreamView;
  /** Undefined: none was named. */
  readonly versionAttribute: string | undefined;
  readonly routes: readonly Route[];
  readonly middleware: readonly Middleware[];
}
