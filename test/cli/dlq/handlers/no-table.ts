import { anyItem, createHandler, createRouter } from '../../../../src/index.ts';

export const handler = createHandler(
  createRouter().onInsert('count', anyItem(), () => undefined),
  { deadLetters: 'off' },
);
