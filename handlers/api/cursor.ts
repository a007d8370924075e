import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { orderKey } from './order.ts';
import { Problem } from './problem.ts';
import type { OrderQuery } from './requests.ts';

const position = z.strictObject({
  customerId: z.string(),
  orderId: z.string().min(1).max(64),
  placedOn: z.iso.date(),
});

type Key = Record<string, AttributeValue>;

/** Where the next page begins, as a text that says nothing to its receiver. */
export function toCursor(key: Key): string {
  const { pk = '', customerId, placedOn } = unmarshall(key) as Readonly<Record<string, string>>;
  const orderId = pk.slice(orderKey('').pk.length);
  return Buffer.from(JSON.stringify({ customerId, orderId, placedOn })).toString('base64url');
}

/**
 * Whoever makes up a cursor gets a page of the very list that was asked for, since the customer of the key is the one of
 * the request; that of the cursor only tells a mistake.
 * @throws Problem 400 for one that is none, or of another list
 */
export function fromCursor(cursor: string, { customerId, from, to }: OrderQuery): Key {
  const { data } = position.safeParse(readJson(cursor));
  if (data === undefined || data.customerId !== customerId || data.placedOn < from || data.placedOn > to)
    throw new Problem(400, 'The cursor does not belong to this list');
  return marshall({ ...orderKey(data.orderId), customerId, placedOn: data.placedOn });
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
