import type { EventName, StreamView } from '../stream/record.ts';
import type { RetryOptions, RouterDefinition } from './route.ts';
import type { Where } from './where.ts';

/** A route as plain data: what deployment and documentation read. */
export interface RouteDescription {
  readonly name: string;
  readonly eventNames: readonly EventName[];
  readonly entity: string;
  readonly where: Where;
  /** Undefined: any table. */
  readonly tables: readonly string[] | undefined;
  readonly view: StreamView;
  /** There only if the router names one. */
  readonly versionAttribute?: string;
  readonly hasSchema: boolean;
  readonly options: {
    readonly changed?: readonly string[];
    readonly expired?: boolean;
    readonly retry?: RetryOptions;
    readonly timeoutMs?: number;
    /** Whether the route has a `when`, which only running code can decide. */
    readonly when: boolean;
  };
}

export const describeRoutes = (routers: readonly RouterDefinition[]): readonly RouteDescription[] =>
  routers.flatMap(({ routes, tables, view, versionAttribute }) =>
    routes.map(({ name, eventNames, entity, changed, expired, retry, timeoutMs, when }) => ({
      name,
      eventNames,
      entity: entity.name,
      where: entity.where,
      tables,
      view,
      ...(versionAttribute !== undefined && { versionAttribute }),
      hasSchema: entity.schema !== undefined,
      options: {
        ...(changed && { changed }),
        ...(expired !== undefined && { expired }),
        ...(retry && { retry }),
        ...(timeoutMs !== undefined && { timeoutMs }),
        when: when !== undefined,
      },
    })),
  );
