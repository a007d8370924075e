setInterval(() => undefined, 1_000);

export { handler } from './orders.ts';
