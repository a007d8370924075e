import { LocalStackError } from '../../errors.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, own } from './json.ts';
import { withGlobals } from './sam-globals.ts';

/** A template as it was read: nothing is resolved, but SAM's Globals are merged into the functions. */
export interface Template {
  /** The file it was read from; code that it names is looked for relative to this. */
  readonly path: string;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly parameters: JsonObject;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly outputs: JsonObject;
}

export interface Resource {
  readonly logicalId: string;
  /** CloudFormation's, `AWS::DynamoDB::Table`. */
  readonly type: string;
  readonly properties: JsonObject;
  readonly metadata: JsonObject;
  /** The condition without which it is not created. */
  readonly condition?: string;
}

/** @throws LocalStackError if it has no resources, or one without a Type */
export function templateOf(body: Json, path: string): Template {
  const sections = isObject(body) ? body : {};
  const section = (name: string): JsonObject => objectOr(own(sections, name));
  const resources = Object.entries(section('Resources'));
  if (resources.length === 0)
    throw new LocalStackError(
      `The template ${path} has no Resources. Give the path of a CloudFormation or SAM template, ` +
        `such as the .serverless/cloudformation-template-update-stack.json that "npx osls package" writes.`,
    );
  const globals = objectOr(own(section('Globals'), 'Function'));
  return {
    path,
    resources: new Map(resources.map(([id, json]) => [id, resourceOf(id, json, { path, globals })])),
    parameters: section('Parameters'),
    mappings: section('Mappings'),
    conditions: section('Conditions'),
    outputs: section('Outputs'),
  };
}

interface Surroundings {
  readonly path: string;
  readonly globals: JsonObject;
}

function resourceOf(logicalId: string, json: Json, { path, globals }: Surroundings): Resource {
  const type = isObject(json) ? own(json, 'Type') : undefined;
  if (!isObject(json) || typeof type !== 'string')
    throw new LocalStackError(
      `Resources.${logicalId} in ${path} has no Type. Write every resource out: loops (Fn::ForEach) and ` +
        `included parts (Fn::Transform) are unrolled by CloudFormation only.`,
    );
  const condition = own(json, 'Condition');
  const properties = objectOr(own(json, 'Properties'));
  return {
    logicalId,
    type,
    properties: type === 'AWS::Serverless::Function' ? withGlobals(properties, globals) : properties,
    metadata: objectOr(own(json, 'Metadata')),
    ...(typeof condition === 'string' && { condition }),
  };
}

const objectOr = (json: Json | undefined): JsonObject => (isObject(json) ? json : {});
