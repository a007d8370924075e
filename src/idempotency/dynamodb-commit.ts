import type {
  AttributeValue,
  CancellationReason,
  DynamoDBClient,
  TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { FailedCondition } from '../errors.ts';
import { BrokenPromiseError, CommitConditionError, UnreadableRecordError } from '../errors.ts';
import type { CommitWrite } from '../routing/commit-write.ts';
import { decodeImage } from '../stream/attribute-value.ts';
import type { Entry } from './entry.ts';
import { attributesOf, entryOf, names } from './ledger-item.ts';
import { marshallWrites } from './marshall-write.ts';
import type { Written } from './store.ts';

type Item = Record<string, AttributeValue>;

/** The table that entries are kept in. */
export interface CommitTarget {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** See `Store.commit`. */
export interface CommitRequest {
  readonly writes: readonly CommitWrite[];
  readonly entry: Entry;
  readonly over: 'claimed' | 'unclaimed';
  readonly nowMs: number;
}

const written: Written = { kind: 'written' };

/**
 * One transaction of the user's writes, in their order, and the entry behind them. The SDK makes its token once, before
 * its own retries, so that those count as one for DynamoDB.
 * @throws CommitRefusedError, before anything is sent, if the writes cannot be
 * @throws CommitConditionError if conditions of the user's, and nothing else, stood in the way
 * @throws what the SDK threw, as it is, for all else: conflicts and throttling are told by their CancellationReasons
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export async function commitTransaction(target: CommitTarget, request: CommitRequest): Promise<Written> {
  const actions = [...marshallWrites(request.writes), completionOf(target.tableName, request)];
  try {
    await target.client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
    return written;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const cancellation = readReasons(error.CancellationReasons ?? [], actions.length);
    switch (cancellation.kind) {
      case 'fence':
        return beaten(request.entry, cancellation.found);
      case 'conditions':
        throw conditionError(cancellation.failures, actions);
      case 'other':
        throw error;
    }
  }
}

function completionOf(tableName: string, { entry, over, nowMs }: CommitRequest): TransactWriteItem {
  const item = attributesOf(entry);
  const condition = over === 'claimed' ? claimedBy(item[names.owner]) : free(nowMs);
  return {
    Put: {
      TableName: tableName,
      Item: item,
      ...condition,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Names in place of attributes, for `owner` and `status` are reserved words. */
function claimedBy(token: AttributeValue | undefined) {
  if (token === undefined)
    throw new BrokenPromiseError('a commit over a claim does not say whose claim it is');
  return {
    ConditionExpression: '#owner = :owner AND #status = :inProgress',
    ExpressionAttributeNames: { '#owner': names.owner, '#status': names.status },
    ExpressionAttributeValues: { ':owner': token, ':inProgress': { S: 'INPROGRESS' } },
  };
}

/** As `standingOf` has it: an entry whose life is over, or an unfinished one whose lease is. */
const free = (nowMs: number) => ({
  ConditionExpression:
    'attribute_not_exists(#key) OR #expiry <= :now OR (#status = :inProgress AND #lease < :nowMs)',
  ExpressionAttributeNames: {
    '#key': names.key,
    '#expiry': names.expiry,
    '#status': names.status,
    '#lease': names.inProgressExpiry,
  },
  ExpressionAttributeValues: {
    ':now': { N: String(Math.floor(nowMs / 1_000)) },
    ':nowMs': { N: String(nowMs) },
    ':inProgress': { S: 'INPROGRESS' },
  },
});

interface Failure {
  readonly index: number;
  readonly item: Item | undefined;
}

type Cancellation =
  /** The condition of the entry, whatever else there was: only it tells that the work is not ours, or is done. */
  | { readonly kind: 'fence'; readonly found: Item | undefined }
  | { readonly kind: 'conditions'; readonly failures: readonly Failure[] }
  /** Some or all of it may pass, and then be told of another condition; or it is a fault in a write. */
  | { readonly kind: 'other' };

/** The reasons are in the order of the actions; of another number of reasons nobody knows whose they are. */
function readReasons(reasons: readonly CancellationReason[], actions: number): Cancellation {
  if (reasons.length !== actions) return { kind: 'other' };
  const fence = reasons.at(-1);
  if (fence?.Code === conditionFailed) return { kind: 'fence', found: fence.Item };
  const guilty = reasons.flatMap(({ Code = 'None', Item: item }, index) =>
    Code === 'None' ? [] : [{ index, item, code: Code }],
  );
  return guilty.length > 0 && guilty.every(({ code }) => code === conditionFailed)
    ? { kind: 'conditions', failures: guilty }
    : { kind: 'other' };
}

const conditionFailed = 'ConditionalCheckFailed';

/**
 * An entry that we completed ourselves, and as what we complete it now, is of an attempt whose answer was lost: the
 * user's writes are there with it. Completed by us as something else, a dead letter say, it is there without them.
 */
function beaten(entry: Entry, item: Item | undefined): Written {
  const found = item && entryOf(item);
  const isOurs =
    found?.status === 'COMPLETED' &&
    found.owner !== undefined &&
    found.owner === entry.owner &&
    found.data === entry.data;
  return isOurs ? written : { kind: 'refused', found };
}

/** Without the SDK's error as its cause: that has items in it, which a log of the error would show. */
function conditionError(
  failures: readonly Failure[],
  actions: readonly TransactWriteItem[],
): CommitConditionError {
  const failed = failures.map(({ index, item }) => ({
    index,
    tableName: tableNameOf(actions[index]),
    ...(item && itemIfReadable(item)),
  }));
  const places = failed.map(({ index, tableName }) => `write ${index} (table "${tableName}")`);
  return new CommitConditionError(
    `context.commit: nothing was written, for a condition does not hold: ${places.join(', ')}`,
    failed,
  );
}

const tableNameOf = ({ Put, Update, Delete, ConditionCheck }: TransactWriteItem = {}): string =>
  (Put ?? Update ?? Delete ?? ConditionCheck)?.TableName ?? '';

/** The SDK loses the value of an attribute called `__proto__` in what it reads; better no item than a part of one. */
function itemIfReadable(item: Item): Pick<FailedCondition, 'item'> {
  try {
    return { item: decodeImage(item) };
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return {};
  }
}
