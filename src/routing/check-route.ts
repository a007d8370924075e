import { InvalidOptionError } from '../errors.ts';
import type { EventName, StreamView } from '../stream/record.ts';
import { isObject } from '../stream/record.ts';
import type { Entity } from './entity.ts';
import type { Route } from './route.ts';
import { checkNames, checkRetry, shown } from './check-option.ts';

export interface RouteDeclaration {
  readonly view: StreamView;
  readonly taken: readonly Route[];
  readonly events: readonly EventName[];
  readonly name: unknown;
  readonly entity: unknown;
  readonly handle: unknown;
  readonly options: unknown;
}

const optionNames = ['changed', 'expired', 'when', 'retry', 'timeoutMs'];

/** @throws InvalidOptionError that names the route, what was given and what is allowed. */
export function checkRoute({ view, taken, events, name, entity, handle, options }: RouteDeclaration): void {
  if (!isName(name))
    throw new InvalidOptionError(
      "a route needs a name of 1 to 128 characters, none of them a control character: it is the route's identity in the ledger, in letters and in metrics",
    );
  const refuse = (problem: string): never => {
    throw new InvalidOptionError(`route "${name}": ${problem}`);
  };
  if (taken.some((route) => route.name === name)) refuse('the name is taken; every route needs its own');
  if (!isEntity(entity))
    refuse('the second argument must be an entity: entity("Order", { where, schema }) or anyItem()');
  if (typeof handle !== 'function')
    refuse(`the handler must be a function, got a value of type ${typeof handle}`);
  checkNames(`route "${name}"`, options, optionNames);
  const given = options as Readonly<Record<string, unknown>>;
  const problem = problemOf(given, events, view);
  if (problem !== undefined) refuse(problem);
  checkRetry(`route "${name}"`, given['retry']);
}

function problemOf(
  { changed, expired, when, timeoutMs }: Readonly<Record<string, unknown>>,
  events: readonly EventName[],
  view: StreamView,
): string | undefined {
  const [only] = events.length === 1 ? events : [];
  if (changed !== undefined) {
    if (only !== 'MODIFY') return '"changed" is for onModify only';
    if (view !== 'NEW_AND_OLD_IMAGES') return `"changed" needs both images, and the router's view is ${view}`;
    if (!Array.isArray(changed) || changed.length === 0 || !changed.every((name) => typeof name === 'string'))
      return '"changed" must be a list of at least one attribute name';
  }
  if (expired !== undefined) {
    if (only !== 'REMOVE') return '"expired" is for onRemove only';
    if (typeof expired !== 'boolean') return '"expired" must be true or false';
  }
  if (when !== undefined && typeof when !== 'function') return '"when" must be a function';
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= 900_000))
    return `"timeoutMs" must be more than 0 and at most 900000 (Lambda's longest), got ${shown(timeoutMs)}`;
  return undefined;
}

/** What can be an identity in the ledger, in letters and in metrics. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.trim() !== '' &&
  value.length <= 128 &&
  !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value);

const isEntity = (value: unknown): value is Entity<unknown> =>
  isObject(value) && typeof value['name'] === 'string' && isObject(value['where']);
