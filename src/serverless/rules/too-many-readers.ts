import { attachments, tableName } from './attached.ts';
import type { Rule } from './finding.ts';
import { listed, placeOf } from './finding.ts';

/** More than this many read a shard at the price of being throttled.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const mostReaders = 2;

export const tooManyReaders: Rule = (service) =>
  service.tables.flatMap((table) => {
    const readers = new Map(
      attachments(service)
        .filter((one) => one.table.id === table.id && one.mapping.isEnabled)
        .map(({ consumer }) => [consumer.name, consumer] as const),
    );
    const names = [...readers.keys()];
    return [...readers.values()].slice(mostReaders).map((consumer) => ({
      level: 'error' as const,
      rule: 'too-many-readers',
      ...placeOf(consumer),
      message:
        `the functions ${listed(names)} read the stream of table "${tableName(table)}": ` +
        `with more than ${mostReaders} readers DynamoDB throttles them all.`,
      remedy: 'Put their routers into one function: createHandler([one, other]).',
    }));
  });
