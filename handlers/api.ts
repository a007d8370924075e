import { Router } from '@aws-lambda-powertools/event-handler/http';
import type { Context } from 'aws-lambda';
import { changeStatus } from './api/change-status.ts';
import { etagOf, readOrder } from './api/order.ts';
import { listOrders } from './api/list-orders.ts';
import { placeOrder } from './api/place-order.ts';
import { answerProblem } from './api/problem.ts';
import {
  delivery,
  newOrder,
  orderPath,
  orderQuery,
  statusChange,
  stockPath,
  version,
} from './api/requests.ts';
import { restock } from './api/restock.ts';

/**
 * The shop's HTTP API. It writes orders; what follows from them (stock, totals, notes) is the stream's.
 * Who may ask for which customer is for an authorizer to say, which a shop of one's own adds to the routes.
 */
const api = new Router();
api.errorHandler(Error, answerProblem);

api.post(
  '/orders',
  async ({ valid, req }) => {
    const { order, isNew } = await placeOrder(valid.req.body, req.headers.get('idempotency-key'));
    return Response.json(order, { status: isNew ? 201 : 200, headers: { etag: etagOf(order) } });
  },
  { validation: { req: { body: newOrder } } },
);

api.get('/orders', async ({ valid }) => Response.json(await listOrders(valid.req.query)), {
  validation: { req: { query: orderQuery } },
});

api.get(
  '/orders/:orderId',
  async ({ valid }) => {
    const order = await readOrder(valid.req.path.orderId);
    return Response.json(order, { headers: { etag: etagOf(order) } });
  },
  { validation: { req: { path: orderPath } } },
);

api.patch(
  '/orders/:orderId',
  async ({ valid: { req } }) => {
    const order = await changeStatus(req.path.orderId, req.body.status, req.headers['if-match']);
    return Response.json(order, { headers: { etag: etagOf(order) } });
  },
  { validation: { req: { path: orderPath, body: statusChange, headers: version } } },
);

api.post(
  '/stock/:item',
  async ({ valid: { req } }) => Response.json(await restock(req.path.item, req.body)),
  { validation: { req: { path: stockPath, body: delivery } } },
);

/** A decoded path with a `?` or a `#` in it is read as a shorter one: `/stock/TEA#2` would be of `TEA`. */
const isCutShort = ({ rawPath }: { readonly rawPath?: string }): boolean => /[?#]/.test(rawPath ?? '');

export const handler = (event: { readonly rawPath?: string }, context: Context) =>
  isCutShort(event) ? { statusCode: 404 } : api.resolve(event, context);
