import { attachments, tableName } from './attached.ts';
import type { Rule } from './finding.ts';
import { listed, placeOf } from './finding.ts';

/** A function refuses the batches of a table that no router is for. */
export const tableWithoutRoutes: Rule = (service) =>
  attachments(service)
    .filter(({ routes }) => routes.length === 0)
    .map(({ consumer, table }) => ({
      level: 'error',
      rule: 'table-without-routes',
      ...placeOf(consumer),
      message:
        `the function is at the stream of table "${tableName(table)}", and its routes are for ` +
        `${listed([...new Set(consumer.routes.flatMap(({ tables = [] }) => tables))])}: it would refuse every batch.`,
      remedy: 'Attach it to another table, give createRouter that name, or none for any table.',
    }));
