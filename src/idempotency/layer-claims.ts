import { randomUUID } from 'node:crypto';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ClaimLostError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Entry } from './entry.ts';
import { standingOf } from './entry.ts';
import { keyOf, names } from './ledger-item.ts';
import type { Store } from './store.ts';

/** The claims that are made through Powertools' methods, which name a key and no owner. */
export interface LayerClaims {
  /** False: there is an entry that is not free. */
  take(record: IdempotencyRecord): Promise<boolean>;
  /**
   * False: it was not claimed here, and so has no owner that could be named.
   * @throws ClaimLostError if another run has taken it since
   */
  complete(record: IdempotencyRecord): Promise<boolean>;
  /** False: it was not claimed here. What another run has taken since stays as it is. */
  release(record: IdempotencyRecord): Promise<boolean>;
}

/** Remembers the owner of each claim by its key: the last one to claim it in this process. */
export function layerClaims(
  client: DynamoDBClient,
  tableName: string,
  store: Store,
  { now }: Pick<Runtime, 'now'>,
): LayerClaims {
  const owners = new Map<string, string>();
  /** Forgotten when its word has had an answer: one that had none may be said again. */
  const forget = (key: string, owner: string): void => {
    if (owners.get(key) === owner) owners.delete(key);
  };
  return {
    async take({ idempotencyKey: key, inProgressExpiryTimestamp, expiryTimestamp = Infinity }) {
      const owner = randomUUID();
      const claim: Entry = {
        key,
        status: 'INPROGRESS',
        owner,
        leaseEndsAtMs: inProgressExpiryTimestamp,
        expiresAtSeconds: expiryTimestamp,
      };
      let written = await store.insert(claim);
      if (written.kind === 'refused' && written.found === undefined) written = await store.insert(claim);
      else if (
        written.kind === 'refused' &&
        written.found !== undefined &&
        standingOf(written.found, now()).kind === 'free'
      )
        written = await store.replace(claim, written.found);
      if (written.kind === 'refused') return false;
      owners.set(key, owner);
      return true;
    },
    async complete(record) {
      const { idempotencyKey: key } = record;
      const owner = owners.get(key);
      if (owner === undefined) return false;
      const { responseData } = record;
      const hasData = responseData !== undefined;
      await client
        .send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(key),
            UpdateExpression: `SET #status = :status, #expiry = :expiry${hasData ? ', #data = :data' : ''}`,
            ConditionExpression: '#owner = :owner',
            ExpressionAttributeNames: {
              '#status': names.status,
              '#expiry': names.expiry,
              '#owner': names.owner,
              ...(hasData && { '#data': names.data }),
            },
            ExpressionAttributeValues: marshall({
              ':status': record.getStatus(),
              ':expiry': record.expiryTimestamp,
              ':owner': owner,
              ...(hasData && { ':data': responseData }),
            }),
          }),
        )
        .catch((error: unknown) => {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          forget(key, owner);
          throw lost();
        });
      forget(key, owner);
      return true;
    },
    async release({ idempotencyKey: key }) {
      const owner = owners.get(key);
      if (owner === undefined) return false;
      await store.remove({ key, owner });
      forget(key, owner);
      return true;
    },
  };
}

const lost = (): ClaimLostError =>
  new ClaimLostError(
    'the lease of this claim ended and another run took it, so what this one did is not remembered: nothing was changed',
  );
