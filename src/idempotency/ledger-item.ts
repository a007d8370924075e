import type { AttributeValue, PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Entry } from './entry.ts';

type Item = Record<string, AttributeValue>;

/** The attributes of an entry: Powertools' names, and the owner beside them. */
export const names = {
  key: 'id',
  status: 'status',
  owner: 'owner',
  inProgressExpiry: 'in_progress_expiration',
  expiry: 'expiration',
  data: 'data',
} as const;

export const keyOf = (key: string): Item => ({ [names.key]: { S: key } });

export const attributesOf = ({ key, status, owner, leaseEndsAtMs, expiresAtSeconds, data }: Entry): Item => ({
  [names.key]: { S: key },
  [names.status]: { S: status },
  // One without an end was written by somebody else.
  ...(Number.isFinite(expiresAtSeconds) && { [names.expiry]: { N: String(expiresAtSeconds) } }),
  ...(owner !== undefined && { [names.owner]: { S: owner } }),
  ...(leaseEndsAtMs !== undefined && { [names.inProgressExpiry]: { N: String(leaseEndsAtMs) } }),
  ...(data !== undefined && { [names.data]: typeof data === 'string' ? { S: data } : { B: data } }),
});

export function entryOf(item: Readonly<Record<string, AttributeValue>>): Entry {
  const lease = item[names.inProgressExpiry]?.N;
  const data = item[names.data];
  return {
    key: item[names.key]?.S ?? '',
    status: item[names.status]?.S === 'COMPLETED' ? 'COMPLETED' : 'INPROGRESS',
    owner: item[names.owner]?.S,
    leaseEndsAtMs: lease === undefined ? undefined : Number(lease),
    // An entry without an end lasts: somebody took care of it by hand.
    expiresAtSeconds: Number(item[names.expiry]?.N ?? Infinity),
    data: data?.S ?? data?.B,
  };
}

type Condition = Required<
  Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>
>;

/**
 * That an entry is as it was seen. Of a claim of one's own the lease may have moved meanwhile: it was renewed.
 */
export function conditionOn(seen: Entry, { isOwnClaim }: { readonly isOwnClaim: boolean }): Condition {
  const item = attributesOf(seen);
  const compared = [names.status, names.owner, ...(isOwnClaim ? [] : [names.expiry, names.inProgressExpiry])];
  const values = compared.flatMap((name) => {
    const value = item[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const isThere = new Set(values.map(([name]) => name));
  return {
    ConditionExpression: compared
      .map((name) => (isThere.has(name) ? `#${name} = :${name}` : `attribute_not_exists(#${name})`))
      .join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(compared.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(values.map(([name, value]) => [`:${name}`, value])),
  };
}
