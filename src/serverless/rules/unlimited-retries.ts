import { streamRetentionSeconds } from '../../idempotency/expiry.ts';
import { attachments, tableName } from './attached.ts';
import type { Rule } from './finding.ts';
import { placeOf } from './finding.ts';
import type { MappingModel } from './service-model.ts';

/**
 * The plugin's own bounds give a record up, with a pointer, while the stream still has it. Whoever writes others by hand
 * may have a reason, so it is a warning.
 */
export const unlimitedRetries: Rule = (service) =>
  attachments(service).flatMap(({ consumer, mapping, table }) => {
    const message = problemOf(mapping);
    if (message === undefined) return [];
    return [
      {
        level: 'warning',
        rule: 'unlimited-retries',
        ...placeOf(consumer),
        message: `the mapping of table "${tableName(table)}" ${message}`,
        remedy:
          'Leave maximumRetryAttempts and maximumRecordAgeInSeconds out, or give both a limit within 24 hours.',
      },
    ];
  });

function problemOf({ maximumRetryAttempts, maximumRecordAgeSeconds: age }: MappingModel): string | undefined {
  if (age < 0 || age >= streamRetentionSeconds)
    return (
      `lets records get as old as the stream keeps them (${streamRetentionSeconds} s): what Lambda gives up by age is ` +
      'lost by then, and its pointer leads nowhere.'
    );
  return maximumRetryAttempts < 0
    ? `retries without limit: a record that kills the function blocks its shard until it is ${age} s old.`
    : undefined;
}
