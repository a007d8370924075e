import type { Cart, Customer, Order } from './scenario.ts';
import type { Item } from './writes.ts';

export const stockItem = (name: string, available: number): Item => ({
  ...key(`STOCK#${name}`, 'LEVEL'),
  available: { N: String(available) },
});

export const customerItem = ({ customerId, name }: Customer): Item => ({
  ...key(`CUSTOMER#${customerId}`, 'PROFILE'),
  customerId: { S: customerId },
  name: { S: name },
});

export const orderItem = ({ orderId, customerId, placedOn, lines, totalCents }: Order): Item => ({
  ...key(`ORDER#${orderId}`, 'SUMMARY'),
  orderId: { S: orderId },
  customerId: { S: customerId },
  status: { S: 'placed' },
  placedOn: { S: placedOn },
  lines: linesAttribute(lines),
  totalCents: { N: String(totalCents) },
});

/** @param now the cart has expired a minute before, or is to expire a day later */
export const cartItem = ({ cartId, customerId, expires }: Cart, now: Date): Item => ({
  ...key(`CART#${cartId}`, 'CART'),
  cartId: { S: cartId },
  customerId: { S: customerId },
  lines: linesAttribute({ 'tea-green': 1 }),
  expiresAt: { N: String(Math.floor(now.getTime() / 1_000) + (expires ? -60 : 86_400)) },
});

const linesAttribute = (lines: Order['lines']) => ({
  M: Object.fromEntries(Object.entries(lines).map(([name, quantity]) => [name, { N: String(quantity) }])),
});

const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });

/** Told by the key: what customers write. All else is written by the handlers, or by both. */
export const isOfCustomers = (item: string): boolean => /^(?:ORDER|CART)#| PROFILE$/.test(item);
