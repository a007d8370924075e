import { anyItem, createHandler, createRouter, PermanentError } from '../../../../src/index.ts';
import { memoryDeadLetters, memoryLedger } from '../../../../src/testing/index.ts';

const router = createRouter({ table: 'Shop' }).onChange('tell-customer', anyItem(), ({ keys }) => {
  const handled = ((globalThis as { handledInReplay?: unknown[] }).handledInReplay ??= []);
  handled.push([keys, process.env['SPILLWAY_CONSUMER'], process.env['SPILLWAY_DLQ_URL']]);
  if (keys['pk'] === 'BAD') throw new PermanentError('the secret of BAD');
});

/** A handler whose ledger is its own, which notes what it handles where the test finds it. */
export const handler = createHandler(router, {
  ledger: memoryLedger(),
  deadLetters: memoryDeadLetters(),
  log: 'off',
  consumer: 'orders',
});
