import { isIntrinsic } from './intrinsics.ts';
import type { Json, JsonObject } from './json.ts';
import { isList, isObject, own } from './json.ts';

/**
 * The properties of a SAM function with what the template's Globals say of all functions: maps are merged, lists follow
 * the globals' own, and of single values the function's wins.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
export const withGlobals = (properties: JsonObject, globals: JsonObject): JsonObject => ({
  ...globals,
  ...Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, merge(own(globals, key), value)]),
  ),
});

function merge(globals: Json | undefined, owned: Json): Json {
  if (isIntrinsic(globals) || isIntrinsic(owned)) return owned;
  if (isList(globals) && isList(owned)) return [...globals, ...owned];
  if (isObject(globals) && isObject(owned)) return withGlobals(owned, globals);
  return owned;
}
