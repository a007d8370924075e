import { setImmediate as nextTurn } from 'node:timers/promises';
import { anyItem, createHandler, createRouter } from '../../../../src/index.ts';

/** What the test has it do, and finds done. */
export interface MailState {
  isDown: boolean;
  readonly attempted: Set<string>;
  readonly handled: string[];
}

export const mailState = (): MailState =>
  ((globalThis as { mailState?: MailState }).mailState ??= {
    isDown: true,
    attempted: new Set(),
    handled: [],
  });

const router = createRouter().onInsert('mail', anyItem<{ pk: string }>(), async ({ newImage: { pk } }) => {
  const state = mailState();
  state.attempted.add(pk);
  await nextTurn();
  if (state.isDown && Number(pk) % 5 >= 2)
    throw Object.assign(new Error('the mail server is away'), { code: 'ECONNRESET' });
  state.handled.push(pk);
});

/** A handler that finds its ledger in the environment, and fails for as long as the mail server is away. */
export const handler = createHandler(router, {
  ...{ consumer: 'mail', concurrency: 100, deadLetters: 'off', log: 'off', deadlineMarginMs: 100 },
  retry: { baseDelayMs: 1, maxDelayMs: 5 },
});
