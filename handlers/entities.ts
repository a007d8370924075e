import { entity, startsWith } from 'spillway';
// The smaller of zod's two ways of writing: every cold start reads and compiles it.
import en from 'zod/v4/locales/en.js';
import * as z from 'zod/mini';

// Without its language it says of everything "Invalid input", and letters are read by people.
z.config(en());

/**
 * The shop keeps everything in one table. Its functions write to that table too, so what they write comes back to them
 * through the stream: `STOCK#`, `TOTALS#`, and notes and the count of orders beside a customer's profile. No `where`
 * below may match those, or the functions would feed themselves for ever. What the API writes as an `ORDER#` is meant
 * for them.
 */

export const orderStatuses = ['placed', 'paid', 'shipped', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export const Order = entity('Order', {
  where: { pk: startsWith('ORDER#'), sk: 'SUMMARY' },
  schema: z.object({
    orderId: z.string(),
    customerId: z.string(),
    status: z.enum(orderStatuses),
    placedOn: z.iso.date(),
    /** How many of which stock item. */
    lines: z
      .record(z.string(), z.int().check(z.positive()))
      .check(z.refine((lines) => Object.keys(lines).length > 0)),
    totalCents: z.int().check(z.nonnegative()),
  }),
});

export const Cart = entity('Cart', {
  where: { pk: startsWith('CART#'), sk: 'CART' },
  schema: z.object({
    cartId: z.string(),
    customerId: z.string(),
    lines: z.record(z.string(), z.int().check(z.positive())),
    /** Epoch seconds: the table's time to live. */
    expiresAt: z.int(),
  }),
});

export const Customer = entity('Customer', {
  where: { pk: startsWith('CUSTOMER#'), sk: 'PROFILE' },
  schema: z.object({ customerId: z.string(), name: z.string() }),
});
