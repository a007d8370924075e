/** What happens in the shop while the demo runs: plain data, always the same. */
export interface Scenario {
  readonly stock: Readonly<Record<string, number>>;
  readonly customers: readonly Customer[];
  readonly carts: readonly Cart[];
  readonly orders: readonly Order[];
}

export interface Customer {
  readonly customerId: string;
  readonly name: string;
}

export interface Cart {
  readonly cartId: string;
  readonly customerId: string;
  /** By its time to live; else somebody deletes it. */
  readonly expires: boolean;
}

export interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly placedOn: string;
  readonly lines: Readonly<Record<string, number>>;
  readonly totalCents: number;
  /** The statuses that it has after `placed`, in order. */
  readonly later: readonly ('paid' | 'shipped' | 'cancelled')[];
  /** The cart it comes from: the order is put and the cart deleted in one transaction. */
  readonly fromCart: Cart | undefined;
  /** `unknown-item`: for something that is not in stock. `broken`: the schema refuses it. */
  readonly poison: 'none' | 'unknown-item' | 'broken';
}

/** Customers by whose name the demo's routes know that something is to go wrong. */
export const patientName = 'Patience';
export const unluckyName = 'Murphy';
/** The attempt at which a customer called Patience is served. */
export const attemptsOfPatience = 3;

const days = 7;
const plenty = 10_000;

export function createScenario(): Scenario {
  const customers = [
    ...numbered(60, (index) => `Customer ${index}`),
    ...numbered(4, () => patientName),
    ...numbered(5, () => unluckyName),
  ].map((name, index) => ({ customerId: `c-${index}`, name }));
  const carts = numbered(120, (index) => ({
    cartId: `k-${index}`,
    customerId: `c-${index % 60}`,
    expires: index >= 60 && index < 100,
  }));
  const orders = numbered(420, (index) => createOrder(index, index < 60 ? carts[index] : undefined));
  const stock = {
    'tea-green': plenty,
    'tea-black': plenty,
    'cup-blue': plenty,
    rarity: 5,
  };
  return { stock, customers, carts, orders };
}

export function createOrder(index: number, fromCart: Cart | undefined): Order {
  const poison = index % 60 === 7 ? 'unknown-item' : index % 80 === 13 ? 'broken' : 'none';
  return {
    orderId: `o-${index}`,
    customerId: `c-${index % 60}`,
    placedOn: `2026-11-${String(1 + (index % days)).padStart(2, '0')}`,
    lines: poison === 'unknown-item' ? { unicorn: 1 } : linesOf(index),
    totalCents: poison === 'broken' ? -1 : 900 + ((index * 37) % 4_000),
    later: poison === 'none' ? laterOf(index) : [],
    fromCart,
    poison,
  };
}

function linesOf(index: number): Order['lines'] {
  if (index % 35 === 20) return { rarity: 1 };
  const tea = index % 2 === 0 ? 'tea-green' : 'tea-black';
  return { [tea]: 1 + (index % 3), ...(index % 4 === 0 && { 'cup-blue': 1 }) };
}

function laterOf(index: number): Order['later'] {
  if (index % 10 === 3) return ['cancelled'];
  return index % 3 === 0 ? ['paid', 'shipped'] : ['paid'];
}

const numbered = <Value>(length: number, make: (index: number) => Value): readonly Value[] =>
  Array.from({ length }, (_, index) => make(index));
