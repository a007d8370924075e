import { InvalidOptionError } from '../errors.ts';
import type { ChangeRecord, InsertRecord, ModifyRecord, RemoveRecord } from '../stream/change.ts';
import type { EventName, StreamView } from '../stream/record.ts';
import { eventNames, streamViews } from '../stream/record.ts';
import { checkNames } from './check-option.ts';
import { checkRoute } from './check-route.ts';
import type { Entity } from './entity.ts';
import type {
  AnyChange,
  ChangeOptions,
  Handle,
  InsertOptions,
  Middleware,
  ModifyOptions,
  RemoveOptions,
  Route,
  RouterDefinition,
} from './route.ts';

export interface RouterOptions<View extends StreamView> {
  /** The table, or tables, whose changes the routes are for. Default: any. */
  readonly table?: string | readonly string[] | undefined;
  /** What the table's stream is set up to hold; decides which images handlers get. Default `NEW_AND_OLD_IMAGES`. */
  readonly view?: View;
  /**
   * The attribute of the tables' items that every write changes, a version or a time: by it a replay tells whether an item
   * has changed since. Default: it compares the whole item.
   */
  readonly versionAttribute?: string;
}

/** Routes in order of declaration. Every method adds to the router and returns it. */
export interface Router<View extends StreamView = 'NEW_AND_OLD_IMAGES'> {
  /** @throws InvalidOptionError if the name is empty or taken, or an option is not allowed. */
  onInsert<Item, Attribute extends string>(
    name: string,
    entity: Entity<Item, Attribute>,
    handle: Handle<InsertRecord<Item, View>>,
    options?: InsertOptions<Item, View>,
  ): Router<View>;
  /** @throws InvalidOptionError if the name is empty or taken, or an option is not allowed. */
  onModify<Item, Attribute extends string>(
    name: string,
    entity: Entity<Item, Attribute>,
    handle: Handle<ModifyRecord<Item, View>>,
    options?: ModifyOptions<Item, NoInfer<Attribute>, View>,
  ): Router<View>;
  /** @throws InvalidOptionError if the name is empty or taken, or an option is not allowed. */
  onRemove<Item, Attribute extends string>(
    name: string,
    entity: Entity<Item, Attribute>,
    handle: Handle<RemoveRecord<Item, View>>,
    options?: RemoveOptions<Item, View>,
  ): Router<View>;
  /** @throws InvalidOptionError if the name is empty or taken, or an option is not allowed. */
  onChange<Item, Attribute extends string>(
    name: string,
    entity: Entity<Item, Attribute>,
    handle: Handle<ChangeRecord<Item, View>>,
    options?: ChangeOptions<Item, View>,
  ): Router<View>;
  /** Adds a middleware around every route of this router, those declared before it too; the first added is outermost. */
  use(middleware: Middleware<View>): Router<View>;
  /** What `createHandler` takes. It closes the router: what was declared later would be passed over in silence. */
  close(): RouterDefinition;
}

/** A router whatever its view. */
export type AnyRouter = Pick<Router<StreamView>, 'close'>;

/**
 * Starts a router.
 * @throws InvalidOptionError if `table`, `view` or `versionAttribute` is not allowed.
 */
export function createRouter<const View extends StreamView = 'NEW_AND_OLD_IMAGES'>(
  options: RouterOptions<View> = {},
): Router<View> {
  checkNames('createRouter', options, ['table', 'view', 'versionAttribute']);
  const tables = tablesOf(options.table);
  const view = viewOf(options.view);
  const versionAttribute = versionAttributeOf(options.versionAttribute);
  const routes: Route[] = [];
  const middleware: Middleware[] = [];
  let isClosed = false;
  const refuseIfClosed = (what: string): void => {
    if (isClosed)
      throw new InvalidOptionError(
        `${what} was added after createHandler had taken the router, and would never run; declare it before`,
      );
  };

  const on =
    (...events: readonly EventName[]) =>
    (name: string, entity: unknown, handle: unknown, given: unknown = {}): Router<View> => {
      refuseIfClosed(`route "${name}"`);
      checkRoute({ view, taken: routes, events, name, entity, handle, options: given });
      const { changed, expired, when, retry, timeoutMs } = given as Partial<RouteRules>;
      routes.push({
        name,
        eventNames: events,
        // The route forgets the user's types here, and gets changes of just these types back when it runs.
        entity: entity as Entity<unknown>,
        handle: handle as Handle<AnyChange>,
        changed,
        expired,
        when,
        retry,
        timeoutMs,
      });
      return router;
    };

  const router: Router<View> = {
    onInsert: on('INSERT'),
    onModify: on('MODIFY'),
    onRemove: on('REMOVE'),
    onChange: on(...eventNames),
    use(added) {
      refuseIfClosed('a middleware');
      if (typeof added !== 'function')
        throw new InvalidOptionError(`router.use: expected a function, got a value of type ${typeof added}`);
      middleware.push(added);
      return router;
    },
    close() {
      isClosed = true;
      return { tables, view, versionAttribute, routes, middleware };
    },
  };
  return router;
}

type RouteRules = Pick<Route, 'changed' | 'expired' | 'when' | 'retry' | 'timeoutMs'>;

function tablesOf(table: string | readonly string[] | undefined): readonly string[] | undefined {
  if (table === undefined) return undefined;
  const tables: readonly string[] = [table].flat();
  if (tables.length === 0 || !tables.every(isTableName))
    throw new InvalidOptionError(
      'createRouter: "table" must be the name of a table, or several in an array; leave it out for any table. ' +
        'A name is 3 to 255 letters, digits, "_", "-" or "."; an ARN is not a name.',
    );
  return tables;
}

const isTableName = (name: unknown): boolean => typeof name === 'string' && /^[\w.-]{3,255}$/.test(name);

function versionAttributeOf(name: unknown): string | undefined {
  if (name === undefined || (typeof name === 'string' && name !== '')) return name;
  throw new InvalidOptionError('createRouter: "versionAttribute" must be the name of a top-level attribute');
}

function viewOf(view: StreamView | undefined): StreamView {
  if (view === undefined) return 'NEW_AND_OLD_IMAGES';
  if (!streamViews.includes(view))
    throw new InvalidOptionError(
      `createRouter: "view" must be one of ${streamViews.join(', ')}, got ${JSON.stringify(view)}`,
    );
  return view;
}
