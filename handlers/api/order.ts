import type { OrderStatus } from '../entities.ts';
import { Problem } from './problem.ts';
import { readItem } from './read-item.ts';

/** An order as the API writes and shows it. */
export interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  readonly placedOn: string;
  readonly lines: Readonly<Record<string, number>>;
  readonly totalCents: number;
  /** One more with every change: what an optimistic lock goes by. */
  readonly version: number;
}

export const orderKey = (orderId: string) => ({ pk: `ORDER#${orderId}`, sk: 'SUMMARY' });

/** What stands in the table is taken on trust: it was checked when it was written. */
export function toOrder(item: Readonly<Record<string, unknown>>): Order {
  const { orderId, customerId, status, placedOn, lines, totalCents, version } = item as unknown as Order;
  return { orderId, customerId, status, placedOn, lines, totalCents, version };
}

export async function findOrder(orderId: string): Promise<Order | undefined> {
  const item = await readItem(orderKey(orderId));
  return item && toOrder(item);
}

/** @throws Problem 404 */
export async function readOrder(orderId: string): Promise<Order> {
  const order = await findOrder(orderId);
  if (order === undefined) throw new Problem(404, 'There is no such order');
  return order;
}

/** The version as HTTP has it. */
export const etagOf = ({ version }: Order): string => `"${version}"`;
