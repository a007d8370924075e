import * as z from 'zod';
import { orderStatuses } from '../entities.ts';

/** A part of a key. What is no name of ours is refused here and never reaches the table. */
const id = z.string().regex(/^[a-z\d][\w-]{0,63}$/i, 'Expected up to 64 letters, digits, - and _');

/** One transaction has room for 100 items, and the order and the customer's count are two of them. */
const mostLines = 50;

export const newOrder = z.strictObject({
  customerId: id,
  lines: z
    .record(id, z.int().min(1).max(1_000))
    .refine((lines) => Object.keys(lines).length > 0, 'Expected at least one item')
    .refine((lines) => Object.keys(lines).length <= mostLines, `Expected at most ${mostLines} items`),
});
export type NewOrder = z.output<typeof newOrder>;

export const orderPath = z.object({ orderId: id });

export const orderQuery = z
  .strictObject({
    customerId: id,
    status: z.enum(orderStatuses).optional(),
    from: z.iso.date().default('0000-01-01'),
    to: z.iso.date().default('9999-12-31'),
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: z.string().max(500).optional(),
  })
  .refine(({ from, to }) => from <= to, { path: ['from'], error: 'Expected no day after "to"' });
export type OrderQuery = z.output<typeof orderQuery>;

export const statusChange = z.strictObject({ status: z.enum(orderStatuses).exclude(['placed']) });
export type LaterStatus = z.output<typeof statusChange>['status'];

/** The version that a change builds on, as the ETag of the order named it. */
export const version = z.object({
  'if-match': z
    .string('Expected the ETag of the order that is to change')
    .regex(/^"\d{1,15}"$/, 'Expected the ETag of the order that is to change')
    .transform((etag) => Number(etag.slice(1, -1))),
});

export const stockPath = z.object({ item: id });

export const delivery = z.strictObject({
  quantity: z.int().min(1).max(1_000_000),
  /** What is not in stock yet needs one. */
  priceCents: z.int().min(0).max(100_000_00).optional(),
});
export type Delivery = z.output<typeof delivery>;
