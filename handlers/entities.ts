import { entity, startsWith } from 'spillway';
// As a namespace, so that a bundler leaves out what is not used: that is four fifths of it.
import * as z from 'zod';

/**
 * The shop keeps everything in one table. Its functions write to that table too, so what they write comes back to them
 * through the stream: `STOCK#`, `TOTALS#`, and notes and the count of orders beside a customer's profile. No `where`
 * below may match those, or the functions would feed themselves for ever. What the API writes as an `ORDER#` is meant
 * for them.
 */

export const orderStatus = z.enum(['placed', 'paid', 'shipped', 'cancelled']);
export type OrderStatus = z.output<typeof orderStatus>;

export const Order = entity('Order', {
  where: { pk: startsWith('ORDER#'), sk: 'SUMMARY' },
  schema: z.object({
    orderId: z.string(),
    customerId: z.string(),
    status: orderStatus,
    placedOn: z.iso.date(),
    /** How many of which stock item. */
    lines: z.record(z.string(), z.int().positive()).refine((lines) => Object.keys(lines).length > 0),
    totalCents: z.int().nonnegative(),
  }),
});

export const Cart = entity('Cart', {
  where: { pk: startsWith('CART#'), sk: 'CART' },
  schema: z.object({
    cartId: z.string(),
    customerId: z.string(),
    lines: z.record(z.string(), z.int().positive()),
    /** Epoch seconds: the table's time to live. */
    expiresAt: z.int(),
  }),
});

export const Customer = entity('Customer', {
  where: { pk: startsWith('CUSTOMER#'), sk: 'PROFILE' },
  schema: z.object({ customerId: z.string(), name: z.string() }),
});
