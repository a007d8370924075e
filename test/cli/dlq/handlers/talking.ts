import { anyItem, createHandler, createRouter, PermanentError } from '../../../../src/index.ts';
import { memoryDeadLetters, memoryLedger } from '../../../../src/testing/index.ts';

const router = createRouter({ table: 'Shop' }).onChange('tell-customer', anyItem(), () => {
  console.log('the word of a handler');
  throw new PermanentError('not now');
});

/** A handler that fails, and says so where a handler does by default. */
export const handler = createHandler(router, {
  ledger: memoryLedger(),
  deadLetters: memoryDeadLetters(),
  consumer: 'orders',
});
