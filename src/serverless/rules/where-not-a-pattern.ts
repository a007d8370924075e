import { patternsFor } from '../patterns/patterns-for.ts';
import type { PatternNote } from '../patterns/pattern-notes.ts';
import { attachments, tableName } from './attached.ts';
import type { Finding, Rule } from './finding.ts';
import { placeOf } from './finding.ts';

/** What `where` says and a filter pattern cannot costs invocations, and nothing else. (`changed` and `when` always do.) */
export const whereNotAPattern: Rule = (service) =>
  attachments(service).flatMap(({ consumer, table, routes }) =>
    patternsFor(routes, { view: table.view, keys: table.keys }).notes.flatMap((note) => {
      const what = whatOf(note, tableName(table));
      return what === undefined
        ? []
        : [{ level: 'note' as const, rule: 'where-not-a-pattern', ...placeOf(consumer), ...what }];
    }),
  );

function whatOf(note: PatternNote, table: string): Pick<Finding, 'message' | 'remedy'> | undefined {
  switch (note.about) {
    case 'where':
      return {
        message:
          `route "${note.route}": its where on "${note.attribute}" cannot become a filter pattern for table "${table}" ` +
          `as it is. Passed over by the function, and paid for: ${note.passesToo}.`,
        remedy:
          'Leave it so, or match on a string, a number, a boolean, null, oneOf, startsWith or endsWith.',
      };
    case 'limits':
      return {
        message: `the routes for table "${table}" need more, or longer, filter patterns than Lambda allows: some of their conditions are left to the function.`,
        remedy: 'Leave it so, or let the routes match on fewer attributes, best of the key.',
      };
    case 'changed':
    case 'when':
      return undefined;
  }
}
