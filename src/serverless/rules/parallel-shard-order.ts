import { attachments, tableName } from './attached.ts';
import type { Rule } from './finding.ts';
import { placeOf } from './finding.ts';

/** With a factor above 1 Lambda hands out several batches of a shard at once, each with items of its own.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
export const parallelShardOrder: Rule = (service) =>
  attachments(service)
    .filter(({ consumer, mapping }) => consumer.order === 'shard' && mapping.parallelizationFactor > 1)
    .map(({ consumer, mapping, table }) => ({
      level: 'error',
      rule: 'parallel-shard-order',
      ...placeOf(consumer),
      message:
        `the handler wants order: 'shard', and the mapping of table "${tableName(table)}" has parallelizationFactor ` +
        `${mapping.parallelizationFactor}: Lambda would run batches of one shard side by side.`,
      remedy: "Leave parallelizationFactor out, or use order: 'item'.",
    }));
