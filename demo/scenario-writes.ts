import { cartItem, customerItem, orderItem, stockItem } from './items.ts';
import type { Cart, Order, Scenario } from './scenario.ts';
import type { Write } from './writes.ts';
import { put, putAll, remove, replace, setStatus } from './writes.ts';

/** What has to be there before anybody can order. */
export const stockWrite = ({ stock }: Scenario): Write =>
  putAll(Object.entries(stock).map(([name, available]) => stockItem(name, available)));

/** The scenario as requests: those of one list come one after the other, the lists side by side. */
export function scenarioWrites(scenario: Scenario, now: Date): readonly (readonly Write[])[] {
  const { carts, orders } = scenario;
  const ordered = new Set(orders.map(({ fromCart }) => fromCart));
  return [
    ...customerWrites(scenario).map((write) => [write]),
    ...carts.filter((cart) => !ordered.has(cart)).map((cart) => writesOfCart(cart, now)),
    ...orders.map((order) => writesOfOrder(order, now)),
  ];
}

export const customerWrites = ({ customers }: Pick<Scenario, 'customers'>): readonly Write[] =>
  customers.map((customer) => put(customerItem(customer)));

function writesOfCart(cart: Cart, now: Date): readonly Write[] {
  const item = cartItem(cart, now);
  return [put(item), remove(item)];
}

export function writesOfOrder(order: Order, now: Date): readonly Write[] {
  const item = orderItem(order);
  const cart = order.fromCart && cartItem(order.fromCart, now);
  const placed = cart === undefined ? [put(item)] : [put(cart), replace(item, cart)];
  return [...placed, ...order.later.map((status) => setStatus(item, status))];
}
