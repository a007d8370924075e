import type { RouteDescription } from '../../routing/describe-routes.ts';
import { routesOfTable } from '../patterns/patterns-for.ts';
import type { ConsumerModel, MappingModel, ServiceModel, TableModel } from './service-model.ts';

/** A function at the stream of a table, and its routes that are for the table. */
export interface Attachment {
  readonly consumer: ConsumerModel;
  readonly mapping: MappingModel;
  readonly table: TableModel;
  readonly routes: readonly RouteDescription[];
}

/** Every mapping of the service with what belongs to it. */
export const attachments = ({ consumers, tables }: ServiceModel): readonly Attachment[] =>
  consumers.flatMap((consumer) =>
    consumer.mappings.map((mapping) => {
      const table = tables.find(({ id }) => id === mapping.table) ?? unknownTable(mapping.table);
      return { consumer, mapping, table, routes: routesOfTable(consumer.routes, table.name) };
    }),
  );

const unknownTable = (id: string): TableModel => ({ id, name: undefined, view: undefined, keys: undefined });

/** What people call it. */
export const tableName = ({ id, name }: TableModel): string => name ?? id;

/** Whether a stream invokes it: a function whose mappings are all switched off shares nothing with another yet. */
export const isAtWork = ({ mappings }: ConsumerModel): boolean => mappings.some(({ isEnabled }) => isEnabled);
