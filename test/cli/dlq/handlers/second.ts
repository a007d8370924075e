import { anyItem, createHandler, createRouter } from '../../../../src/index.ts';

export const handler = createHandler(
  createRouter({ table: 'Shop' }).onInsert('audit', anyItem(), () => undefined),
  { ledger: 'off', deadLetters: 'off' },
);
