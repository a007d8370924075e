import { attachments, tableName } from './attached.ts';
import type { Rule } from './finding.ts';
import { placeOf } from './finding.ts';

/** In a window the function must answer with a state, and Spillway answers with what is not settled.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html */
export const tumblingWindow: Rule = (service) =>
  attachments(service)
    .filter(({ mapping }) => mapping.tumblingWindowSeconds > 0)
    .map(({ consumer, table }) => ({
      level: 'error',
      rule: 'tumbling-window',
      ...placeOf(consumer),
      message: `the mapping of table "${tableName(table)}" has a tumbling window: Spillway answers without the state that Lambda then wants, so every batch would fail.`,
      remedy:
        'Leave tumblingWindowInSeconds out, and keep sums in a table (context.commit adds to them exactly once).',
    }));
