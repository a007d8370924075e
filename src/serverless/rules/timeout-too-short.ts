import type { Rule } from './finding.ts';
import { placeOf } from './finding.ts';

/** How long a single request to the ledger may take: with less time than that, a slow answer is the end of a batch. */
const leastMs = 5_000;

/** Nothing is started within the deadline margin, so a function needs more time than that. */
export const timeoutTooShort: Rule = ({ consumers }) =>
  consumers.flatMap((consumer) => {
    const { timeoutSeconds, deadlineMarginMs } = consumer;
    if (deadlineMarginMs === undefined) return [];
    const leftMs = timeoutSeconds * 1_000 - deadlineMarginMs;
    if (leftMs >= leastMs) return [];
    const times = `the function's timeout is ${timeoutSeconds} s and its deadline margin ${deadlineMarginMs} ms`;
    const finding = { rule: 'timeout-too-short', ...placeOf(consumer) };
    return [
      leftMs <= 0
        ? {
            ...finding,
            level: 'error',
            message: `${times}: no record would ever be started.`,
            remedy: 'Set the timeout to 30 s or more, or make deadlineMarginMs smaller.',
          }
        : {
            ...finding,
            level: 'warning',
            message: `${times}: ${leftMs} ms are left for a batch, less than one slow answer of the ledger takes.`,
            remedy: 'Set the timeout to 30 s or more.',
          },
    ];
  });
