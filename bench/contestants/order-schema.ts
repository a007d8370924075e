import { z } from 'zod';

/** The items as zod sees them. Spillway decodes bytes to bytes, Powertools leaves them as base64: both are accepted. */
export const OrderSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  status: z.string(),
  total: z.number(),
  version: z.number(),
  gift: z.boolean(),
  tags: z.set(z.string()),
  to: z.object({ city: z.string(), zip: z.string() }),
  lines: z.array(z.object({ sku: z.string(), qty: z.number() })),
  hash: z.union([z.string(), z.instanceof(Uint8Array)]),
});
