import type { Scope } from './intrinsics.ts';
import { resolveOuter, resolveValue } from './intrinsics.ts';
import type { Json, JsonObject } from './json.ts';
import { asText, isList, isObject, own } from './json.ts';
import type { Place } from './place.ts';
import { inside, refused } from './place.ts';

/**
 * Properties of a resource, resolved one by one when they are asked for, so that what nobody asks for may be whatever it
 * is. All give undefined for what is not there and throw LocalStackError, with the place, for what is of another type.
 */
export interface Properties {
  readonly place: Place;
  readonly text: (name: string) => string | undefined;
  readonly requiredText: (name: string) => string;
  readonly number: (name: string) => number | undefined;
  readonly flag: (name: string) => boolean | undefined;
  /** One of the words, exactly. */
  readonly word: <Word extends string>(name: string, words: readonly Word[]) => Word | undefined;
  readonly requiredWord: <Word extends string>(name: string, words: readonly Word[]) => Word;
  /** As it stands in the template. */
  readonly raw: (name: string) => Json | undefined;
  /** Anything, resolved through and through. */
  readonly value: (name: string) => Json | undefined;
  readonly texts: (name: string) => readonly string[] | undefined;
  readonly nested: (name: string) => Properties | undefined;
  readonly nestedList: (name: string) => readonly Properties[] | undefined;
  readonly names: () => readonly string[];
}

export function readProperties(json: JsonObject, place: Place, scope: Scope): Properties {
  const at = (name: string) => inside(place, name);
  const value = (name: string): Json | undefined => {
    const raw = own(json, name);
    return raw === undefined ? undefined : resolveValue(raw, at(name), scope);
  };
  const outer = (name: string): Json | undefined => {
    const raw = own(json, name);
    return raw === undefined ? undefined : resolveOuter(raw, at(name), scope);
  };
  const text = (name: string): string | undefined => {
    const resolved = value(name);
    return resolved === undefined ? undefined : textAt(resolved, at(name));
  };
  const word = <Word extends string>(name: string, words: readonly Word[]): Word | undefined => {
    const found = text(name);
    const allowed = words.find((candidate) => candidate === found);
    if (found === undefined || allowed !== undefined) return allowed;
    throw refused(at(name), `is ${JSON.stringify(found)}; write ${words.join(' or ')}.`);
  };
  return {
    place,
    raw: (name) => own(json, name),
    value,
    text,
    requiredText: (name) => text(name) ?? missing(at(name)),
    requiredWord: (name, words) => word(name, words) ?? missing(at(name)),
    number: (name) => {
      const found = text(name);
      const number = Number(found);
      if (found === undefined || (found.trim() !== '' && Number.isFinite(number)))
        return found === undefined ? undefined : number;
      throw refused(at(name), `is ${JSON.stringify(found)}; write a number.`);
    },
    flag: (name) => {
      const found = text(name)?.toLowerCase();
      if (found === undefined || found === 'true' || found === 'false')
        return found === undefined ? undefined : found === 'true';
      throw refused(at(name), `is ${JSON.stringify(found)}; write true or false.`);
    },
    word,
    texts: (name) => {
      const list = value(name);
      if (list === undefined) return undefined;
      return asList(list, at(name)).map((element, index) => textAt(element, inside(at(name), index)));
    },
    nested: (name) => {
      const found = outer(name);
      return found === undefined ? undefined : readProperties(asObject(found, at(name)), at(name), scope);
    },
    nestedList: (name) => {
      const list = outer(name);
      if (list === undefined) return undefined;
      return asList(list, at(name)).flatMap((element, index) => {
        const place = inside(at(name), index);
        const found = resolveOuter(element, place, scope);
        return found === undefined ? [] : [readProperties(asObject(found, place), place, scope)];
      });
    },
    names: () => Object.keys(json),
  };
}

function missing(place: Place): never {
  throw refused(place, 'is missing. Write it into the template.');
}

function textAt(json: Json, place: Place): string {
  const text = asText(json);
  if (text !== undefined) return text;
  throw refused(place, 'is no single value; write a text.');
}

function asList(json: Json, place: Place): readonly Json[] {
  if (isList(json)) return json;
  throw refused(place, 'is no list; write a list.');
}

function asObject(json: Json, place: Place): JsonObject {
  if (isObject(json)) return json;
  throw refused(place, 'is no map; write a map of properties.');
}
