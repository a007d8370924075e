import { customerItem, orderItem } from './items.ts';
import type { Order, Scenario } from './scenario.ts';
import { attemptsOfPatience, patientName, unluckyName } from './scenario.ts';
import { textOf } from './writes.ts';

/** Figures by name: `stock: tea-green`, `2026-11-01: cents`, `notes: welcome`. */
export type Figures = Readonly<Record<string, number>>;

export interface ExpectedLetter {
  readonly consumer: string;
  readonly route: string;
  readonly item: string;
  readonly reason: string;
}

/** What must have come of the scenario, computed from what was written and from nothing that Spillway says. */
export interface Expected {
  /** What must stand in the shop's table. */
  readonly figures: Figures;
  readonly letters: readonly ExpectedLetter[];
  /** How many changes the handlers make themselves. */
  readonly changesByHandlers: number;
  /** How often the route of each patient customer must be started. */
  readonly attempts: readonly number[];
}

export function expectedOf(scenario: Scenario): Expected {
  const { customers, carts, orders, stock } = scenario;
  const counted = orders.filter(({ poison }) => poison !== 'broken');
  const reservable = orders.filter(({ poison }) => poison === 'none');
  const wanted = sums(reservable.flatMap(({ lines }) => Object.entries(lines)));
  const available = Object.entries(stock).map(([name, level]) => ({
    name,
    left: level - (wanted[name] ?? 0),
  }));
  // Only orders of a single piece can sell out, so each piece that lacks is an order.
  const soldOut = total(available.map(({ left }) => Math.max(0, -left)));
  const notes = {
    'notes: welcome': customers.length,
    'notes: status': total(orders.map(({ later }) => later.length)),
    'notes: reminder': carts.filter(({ expires }) => expires).length,
    'notes: sold-out': soldOut,
  };
  const reservations = total(reservable.map(({ lines }) => Object.keys(lines).length)) - soldOut;
  return {
    figures: {
      ...notes,
      ...sums(counted.flatMap(totalsOf)),
      ...Object.fromEntries(available.map(({ name, left }) => [`stock: ${name}`, Math.max(0, left)])),
    },
    letters: lettersOf(scenario),
    changesByHandlers:
      total(Object.values(notes)) + reservations + counted.length + counted.filter(isCancelled).length,
    attempts: customers.filter(({ name }) => name === patientName).map(() => attemptsOfPatience),
  };
}

const isCancelled = ({ later }: Order): boolean => later.includes('cancelled');

const totalsOf = (order: Order): readonly (readonly [string, number])[] => [
  [`${order.placedOn}: orders`, 1],
  [`${order.placedOn}: cancelled`, isCancelled(order) ? 1 : 0],
  [`${order.placedOn}: cents`, isCancelled(order) ? 0 : order.totalCents],
];

const lettersOf = ({ customers, orders }: Scenario): readonly ExpectedLetter[] => [
  ...orders.flatMap((order) => {
    const item = textOf(orderItem(order));
    switch (order.poison) {
      case 'none':
        return [];
      case 'unknown-item':
        return [{ consumer: 'orders', route: 'reserve-stock', item, reason: 'permanent' }];
      case 'broken':
        return [
          { consumer: 'orders', route: 'reserve-stock', item, reason: 'schema' },
          { consumer: 'totals', route: 'count-order', item, reason: 'schema' },
        ];
    }
  }),
  ...customers
    .filter(({ name }) => name === unluckyName)
    .map((customer) => ({
      consumer: 'orders',
      route: 'has-a-bug',
      item: textOf(customerItem(customer)),
      reason: 'exhausted',
    })),
];

/** The sum of the numbers of each name. */
function sums(pairs: readonly (readonly [string, number])[]): Figures {
  const byName = new Map<string, number>();
  for (const [name, number] of pairs) byName.set(name, (byName.get(name) ?? 0) + number);
  return Object.fromEntries(byName);
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
