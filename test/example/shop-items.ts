/** Items as customers write them. */
export const order = {
  pk: 'ORDER#o-1',
  sk: 'SUMMARY',
  orderId: 'o-1',
  customerId: 'c-1',
  status: 'placed',
  placedOn: '2026-11-01',
  lines: { 'tea-green': 2 },
  totalCents: 1_800,
};

export const cart = {
  pk: 'CART#k-1',
  sk: 'CART',
  cartId: 'k-1',
  customerId: 'c-1',
  lines: { 'tea-green': 1 },
  expiresAt: 1_795_000_000,
};

export const customer = { pk: 'CUSTOMER#c-1', sk: 'PROFILE', customerId: 'c-1', name: 'Ada' };

/** Items as the handlers write them, and the API beside its orders. */
export const ownItems = [
  { pk: 'STOCK#tea-green', sk: 'LEVEL', available: 10, priceCents: 900 },
  { pk: 'CUSTOMER#c-1', sk: 'ORDERS', orders: 3 },
  { pk: 'TOTALS#2026-11-01', sk: 'DAY', orders: 1, cancelled: 0, cents: 1_800 },
  { pk: 'CUSTOMER#c-1', sk: 'NOTE#o-1#paid', text: 'Order o-1 is paid.' },
];
