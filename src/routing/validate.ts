import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SchemaIssue } from '../errors.ts';
import { SchemaError } from '../errors.ts';
import { LazyChange } from '../stream/lazy-change.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import type { AnyChange } from './route.ts';
import type { RoutedBy } from './match.ts';

/**
 * The change as a route's handler gets it: decoded, and read by the entity's schema if it has one.
 * @throws UnreadableRecordError or SchemaError
 */
export function changeFor({ route, router }: RoutedBy, record: ReadRecord): AnyChange | Promise<AnyChange> {
  const change = new LazyChange(record, router.view);
  // The getters give what the type promises for this view and event name.
  const typed = change as unknown as AnyChange;
  const { schema, name } = route.entity;
  return schema === undefined ? typed : validated(schema, name, record, change);
}

async function validated(
  schema: StandardSchemaV1,
  entityName: string,
  record: ReadRecord,
  change: LazyChange,
): Promise<AnyChange> {
  const { view } = change;
  const read = async (image: 'newImage' | 'oldImage'): Promise<unknown> =>
    change[image] === undefined ? undefined : readImage(schema, entityName, image, change[image]);
  const images = { newImage: await read('newImage'), oldImage: await read('oldImage') };
  return new LazyChange(record, view, images) as unknown as AnyChange;
}

async function readImage(
  schema: StandardSchemaV1,
  entityName: string,
  image: 'newImage' | 'oldImage',
  value: unknown,
): Promise<unknown> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  throw new SchemaError(
    `the schema of entity "${entityName}" refused the ${image === 'newImage' ? 'new' : 'old'} image ` +
      `(${result.issues.length} ${result.issues.length === 1 ? 'issue' : 'issues'})`,
    result.issues.map((issue) => toIssue(image, issue)),
  );
}

function toIssue(image: string, { path = [], message }: StandardSchemaV1.Issue): SchemaIssue {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return { path: [image, ...names].join('.'), message };
}
