/** What a template is made of once it has been read, be it from JSON or from YAML. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export const isList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

export const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !isList(json);

/** A logical ID may be any word, `constructor` too, so only what the object holds itself counts. */
export const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** CloudFormation takes numbers and booleans for texts; undefined for what is neither, nor a text. */
export const asText = (json: Json | undefined): string | undefined =>
  typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean'
    ? String(json)
    : undefined;
