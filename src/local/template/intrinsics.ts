import type { Json, JsonObject } from './json.ts';
import { asText, isList, isObject, own } from './json.ts';
import type { Place } from './place.ts';
import { inside, refused } from './place.ts';

/** What the intrinsic functions look things up in. Each throws LocalStackError for what is not there. */
export interface Scope {
  /** What Ref gives: a parameter, a pseudo parameter or a resource. Undefined for AWS::NoValue. */
  readonly reference: (name: string, place: Place) => Json | undefined;
  /** What Fn::GetAtt gives. */
  readonly attribute: (logicalId: string, attribute: string, place: Place) => string;
  readonly isTrue: (condition: string, place: Place) => boolean;
  /** What Fn::FindInMap gives. */
  readonly find: (keys: readonly string[], place: Place) => Json;
}

type Intrinsic = (argument: Json, place: Place, scope: Scope) => Json | undefined;

/** Whether CloudFormation would compute it: an object whose key is Ref or a function. */
export const isIntrinsic = (json: Json | undefined): boolean =>
  isObject(json) && intrinsicIn(json) !== undefined;

/** A function that shares its object with other keys (Fn::Transform may) counts too, so that it is not overlooked. */
const intrinsicIn = (json: JsonObject): string | undefined =>
  Object.keys(json).find((key, _, { length }) => key.startsWith('Fn::') || (key === 'Ref' && length === 1));

/**
 * The value without intrinsic functions, through and through; undefined if it is AWS::NoValue, which takes the property
 * or the list's element out. What it is given is not changed.
 * @throws LocalStackError naming the place of what cannot be resolved
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export function resolveValue(json: Json, place: Place, scope: Scope): Json | undefined {
  if (isList(json))
    return json
      .map((element, index) => resolveValue(element, inside(place, index), scope))
      .filter((element) => element !== undefined);
  if (!isObject(json)) return json;
  if (isIntrinsic(json)) return resolveIntrinsic(json, place, scope);
  const entries = Object.entries(json)
    .map(([key, value]): [string, Json | undefined] => [key, resolveValue(value, inside(place, key), scope)])
    .filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

/** Like `resolveValue`, but only if the value itself is computed: what stands inside stays as it is. */
export const resolveOuter = (json: Json, place: Place, scope: Scope): Json | undefined =>
  isObject(json) && isIntrinsic(json) ? resolveIntrinsic(json, place, scope) : json;

function resolveIntrinsic(json: JsonObject, place: Place, scope: Scope): Json | undefined {
  const name = intrinsicIn(json) ?? 'Ref';
  const intrinsic = intrinsics.get(name);
  const argument = json[name];
  if (intrinsic === undefined || argument === undefined || Object.keys(json).length > 1)
    throw refused(
      place,
      `is made by ${name}, which is not resolved here. Put a parameter with a Default in its place, or a literal value.`,
    );
  return intrinsic(argument, place, scope);
}

const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['Ref', (name, place, scope) => scope.reference(textOf(name, place, 'Ref takes a name'), place)],
  ['Fn::GetAtt', getAttribute],
  ['Fn::Sub', substitute],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::If', choose],
  ['Fn::FindInMap', findInMap],
]);

function getAttribute(argument: Json, place: Place, scope: Scope): Json {
  const usage = 'Fn::GetAtt takes [logical ID, attribute] or "logicalId.attribute"';
  if (typeof argument === 'string') return attributeAt(argument, place, scope);
  const [logicalId, attribute] = argumentsOf(argument, place, 2, usage);
  const name = textFrom(attribute, inside(place, 1), scope, usage);
  return scope.attribute(textOf(logicalId, place, usage), name, place);
}

/** `Shop.StreamArn`: a logical ID holds no dot, an attribute may (`Outputs.Url` of a nested stack). */
function attributeAt(dotted: string, place: Place, scope: Scope): string {
  const dot = dotted.indexOf('.');
  if (dot === -1)
    throw refused(place, `asks for "${dotted}" without an attribute. Write "logicalId.attribute".`);
  return scope.attribute(dotted.slice(0, dot), dotted.slice(dot + 1), place);
}

function substitute(argument: Json, place: Place, scope: Scope): Json {
  const usage = 'Fn::Sub takes a text, or [text, map of values]';
  const [text, values] =
    typeof argument === 'string' ? [argument, {}] : argumentsOf(argument, place, 2, usage);
  if (!isObject(values)) throw refused(place, `does not fit: ${usage}.`);
  return textOf(text, place, usage).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const key = name.trim();
    const at = inside(place, `\${${key}}`);
    const value = own(values, key);
    if (value !== undefined) return textFrom(value, at, scope, 'Fn::Sub puts in a text');
    if (key.includes('.')) return attributeAt(key, at, scope);
    return textOf(scope.reference(key, at), at, 'Fn::Sub puts in a text');
  });
}

function join(argument: Json, place: Place, scope: Scope): Json {
  const usage = 'Fn::Join takes [delimiter, list of texts]';
  const [delimiter, list] = argumentsOf(argument, place, 2, usage);
  return listFrom(list, place, scope, usage)
    .map((element) => textOf(element, place, usage))
    .join(textOf(delimiter, place, usage));
}

function select(argument: Json, place: Place, scope: Scope): Json {
  const usage = 'Fn::Select takes [index, list]';
  const [position, list] = argumentsOf(argument, place, 2, usage);
  const index = textFrom(position, place, scope, usage);
  const elements = listFrom(list, place, scope, usage);
  const element = /^\d+$/.test(index) ? elements[Number(index)] : undefined;
  if (element !== undefined) return element;
  throw refused(place, `selects number ${index} of a list of ${elements.length}. The first is number 0.`);
}

function split(argument: Json, place: Place, scope: Scope): Json {
  const usage = 'Fn::Split takes [delimiter, text]';
  const [delimiter, text] = argumentsOf(argument, place, 2, usage);
  return textFrom(text, place, scope, usage).split(textOf(delimiter, place, usage));
}

function choose(argument: Json, place: Place, scope: Scope): Json | undefined {
  const usage = 'Fn::If takes [condition, value if true, value if false]';
  const [condition, whenTrue, whenFalse] = argumentsOf(argument, place, 3, usage);
  const isTrue = scope.isTrue(textOf(condition, place, usage), place);
  return resolveValue((isTrue ? whenTrue : whenFalse) ?? null, inside(place, isTrue ? 1 : 2), scope);
}

function findInMap(argument: Json, place: Place, scope: Scope): Json {
  const usage = 'Fn::FindInMap takes [map, first key, second key]';
  const keys = argumentsOf(argument, place, 3, usage);
  return scope.find(
    keys.map((key) => textFrom(key, place, scope, usage)),
    place,
  );
}

function argumentsOf(argument: Json, place: Place, count: number, usage: string): readonly Json[] {
  if (isList(argument) && argument.length === count) return argument;
  throw refused(place, `does not fit: ${usage}.`);
}

function listFrom(json: Json | undefined, place: Place, scope: Scope, usage: string): readonly Json[] {
  const list = json === undefined ? json : resolveValue(json, place, scope);
  if (isList(list)) return list;
  throw refused(place, `does not fit: ${usage}.`);
}

const textFrom = (json: Json | undefined, place: Place, scope: Scope, usage: string): string =>
  textOf(json === undefined ? json : resolveValue(json, place, scope), place, usage);

function textOf(json: Json | undefined, place: Place, usage: string): string {
  const text = asText(json);
  if (text !== undefined) return text;
  throw refused(place, `does not fit: ${usage}.`);
}
