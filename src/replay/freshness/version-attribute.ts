import type { RouteDescription } from '../../routing/describe-routes.ts';

/** The attribute that the routers name for a table. */
export const versionAttributeIn =
  (routes: readonly RouteDescription[]): ((table: string) => string | undefined) =>
  (table) =>
    routes.find(
      ({ tables, versionAttribute }) => versionAttribute !== undefined && (tables?.includes(table) ?? true),
    )?.versionAttribute;
