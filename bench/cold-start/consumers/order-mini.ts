import en from 'zod/v4/locales/en.js';
import * as z from 'zod/mini';

z.config(en());

/** `OrderSchema` in the smaller of zod's two ways of writing, as the example has its schemas. Powertools' Parser needs the larger. */
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
