import { createHandler, createRouter, PermanentError } from 'spillway';
import { Cart, Customer, Order } from './entities.ts';
import { leaveNote } from './notes.ts';
import { reserveStock } from './stock.ts';

/** What the shop does about a change, customer by customer and order by order. */
export const router = createRouter()
  .onInsert('welcome', Customer, async ({ newImage: { customerId, name } }) => {
    await leaveNote({ customerId, subject: 'WELCOME', text: `Welcome, ${name}!` });
  })

  .onInsert('reserve-stock', Order, async ({ newImage: order }, { idempotencyKey }) => {
    const reservation = await reserveStock(order.lines, idempotencyKey);
    // No repetition will ever help: the record goes to the dead letters at once.
    if (reservation === 'unknown-item') throw new PermanentError('the order is for an item we do not stock');
    if (reservation === 'sold-out')
      await leaveNote({
        customerId: order.customerId,
        subject: `${order.orderId}#SOLD-OUT`,
        text: `We are sorry: order ${order.orderId} is for more than we have.`,
      });
  })

  .onModify(
    'tell-customer',
    Order,
    async ({ newImage: { customerId, orderId, status } }) => {
      await leaveNote({
        customerId,
        subject: `${orderId}#${status}`,
        text: `Order ${orderId} is ${status}.`,
      });
    },
    { changed: ['status'] },
  )

  .onRemove(
    'remind-of-cart',
    Cart,
    async ({ oldImage: { customerId, cartId } }) => {
      await leaveNote({ customerId, subject: `${cartId}#REMINDER`, text: 'You have left something behind.' });
    },
    { expired: true },
  );

export const handler = createHandler(router);
