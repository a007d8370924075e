import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidOptionError } from '../errors.ts';
import type { Image } from '../stream/attribute-value.ts';
import { checkNames } from './check-option.ts';
import type { Where } from './where.ts';
import { checkWhere } from './where.ts';

/**
 * A kind of item: which items it is and what they look like. `Item` is what handlers get (the schema's output),
 * `Attribute` the names it has in the table (the schema's input).
 */
export interface Entity<Item, Attribute extends string = string> {
  readonly name: string;
  readonly where: Where;
  readonly schema: StandardSchemaV1<unknown, Item> | undefined;
  /** Carries the attribute names to the routes' options; never there at run time. */
  readonly attributes?: Attribute;
}

/** Of an input that is not known, any name. */
type KeysOf<Input> = unknown extends Input ? string : Input extends unknown ? keyof Input & string : never;
type ItemOf<Schema> = Schema extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<Schema> : Image;
type AttributeOf<Schema> = Schema extends StandardSchemaV1
  ? KeysOf<StandardSchemaV1.InferInput<Schema>>
  : string;

export interface EntityOptions<Schema extends StandardSchemaV1 | undefined> {
  /**
   * Patterns on top-level attributes, keys first. They are read from the new image of an INSERT or MODIFY and from the
   * old image of a REMOVE. Default: every item.
   */
  readonly where?: Where;
  /** Any Standard Schema (zod, valibot, arktype ...); its output is what handlers get. */
  readonly schema?: Schema;
}

/**
 * Declares a kind of item.
 * @throws InvalidOptionError if the name is empty, a pattern is none, or the schema is not a Standard Schema.
 * @example
 * const Order = entity('Order', { where: { pk: startsWith('ORDER#') }, schema: OrderSchema });
 */
export function entity<Schema extends StandardSchemaV1 | undefined = undefined>(
  name: string,
  options: EntityOptions<Schema> = {},
): Entity<ItemOf<Schema>, AttributeOf<Schema>> {
  if (typeof name !== 'string' || name.trim() === '')
    throw new InvalidOptionError('entity: the name is empty; give the kind of item a name, such as "Order"');
  checkNames(`entity "${name}"`, options, ['where', 'schema']);
  const { where = {}, schema } = options;
  checkWhere(name, where);
  if (
    schema !== undefined &&
    typeof (schema as StandardSchemaV1 | null)?.['~standard']?.validate !== 'function'
  )
    throw new InvalidOptionError(
      `entity "${name}": "schema" is not a Standard Schema (https://standardschema.dev); zod, valibot and arktype make them`,
    );
  return { name, where, schema: schema as StandardSchemaV1<unknown, ItemOf<Schema>> | undefined };
}

/** Every item of the table. `Item` is taken on trust: nothing is checked. */
export const anyItem = <Item = Image>(): Entity<Item, KeysOf<Item>> => ({
  name: 'any item',
  where: {},
  schema: undefined,
});
