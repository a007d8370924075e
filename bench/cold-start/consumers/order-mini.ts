import * as z from 'zod/mini';

/** `OrderSchema` in the smaller of zod's two ways of writing. */
export const OrderSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  orderId: z.string(),
  customerId: z.string(),
  status: z.enum(['placed', 'paid', 'shipped', 'cancelled']),
  placedOn: z.iso.date(),
  lines: z.record(z.string(), z.int().check(z.positive())),
  totalCents: z.int().check(z.nonnegative()),
});
