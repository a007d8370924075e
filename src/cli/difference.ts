import { isDeepStrictEqual } from 'node:util';
import type { Attribute, Image } from '../stream/attribute-value.ts';
import { isList, isMap } from './attribute-kind.ts';

/** The way from the item to a value in it: names in maps, indexes in lists. */
export type Path = readonly (string | number)[];

/** One place where two images differ. */
export type Difference =
  | { readonly kind: 'added'; readonly path: Path; readonly after: Attribute }
  | { readonly kind: 'removed'; readonly path: Path; readonly before: Attribute }
  | {
      readonly kind: 'changed';
      readonly path: Path;
      readonly before: Attribute;
      readonly after: Attribute;
    };

/** Of longer lists only the whole is shown: one element put in front would differ at every index. */
const smallList = 10;

/**
 * Where two images differ, as deep as can be told: in maps by name, in lists of up to ten elements by index. Elements
 * that one of two lists has more are added or removed at its end. A set, and a value of another type, differs as a whole.
 * Maps are gone through in the order of their names, for DynamoDB gives them in any.
 */
export const differenceOf = (before: Image, after: Image): readonly Difference[] => inMaps(before, after, []);

function inMaps(before: Image, after: Image, path: Path): readonly Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  // What is inherited is no attribute, although it could be read like one.
  const own = (image: Image, name: string) => (Object.hasOwn(image, name) ? image[name] : undefined);
  return names.flatMap((name) => at([...path, name], own(before, name), own(after, name)));
}

function inLists(
  before: readonly Attribute[],
  after: readonly Attribute[],
  path: Path,
): readonly Difference[] {
  const indexes = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
  return indexes.flatMap((index) => at([...path, index], before[index], after[index]));
}

function at(path: Path, before: Attribute | undefined, after: Attribute | undefined): readonly Difference[] {
  if (after === undefined) return before === undefined ? [] : [{ kind: 'removed', path, before }];
  if (before === undefined) return [{ kind: 'added', path, after }];
  if (isMap(before) && isMap(after)) return inMaps(before, after, path);
  if (isSmallList(before) && isSmallList(after)) return inLists(before, after, path);
  return isDeepStrictEqual(before, after) ? [] : [{ kind: 'changed', path, before, after }];
}

const isSmallList = (value: Attribute): value is readonly Attribute[] =>
  isList(value) && value.length <= smallList;
