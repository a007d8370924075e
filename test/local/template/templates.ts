import type { Json, JsonObject } from '../../../src/local/template/json.ts';
import { placeAt } from '../../../src/local/template/place.ts';
import { resolveValue } from '../../../src/local/template/intrinsics.ts';
import type { PlanOptions } from '../../../src/local/template/plan-options.ts';
import { resolvedTemplate } from '../../../src/local/template/scope.ts';
import type { Template } from '../../../src/local/template/template.ts';
import { templateOf } from '../../../src/local/template/template.ts';

export const fixture = (name: string) => new URL(`fixtures/${name}`, import.meta.url).pathname;

export const options: PlanOptions = { region: 'eu-central-1', accountId: '123456789012', stackName: 'shop' };

/** What a stack would answer when everything has been created. */
export const attributeOf = (logicalId: string, attribute: string): string | undefined => {
  switch (attribute) {
    case 'StreamArn':
      return `arn:aws:dynamodb:eu-central-1:123456789012:table/${logicalId}/stream/2026-01-01T00:00:00.000`;
    case 'QueueUrl':
      return `http://127.0.0.1:1/123456789012/${logicalId}`;
    default:
      return undefined;
  }
};

const shop: JsonObject = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  },
};
const orders: JsonObject = {
  Code: 'build',
  Handler: 'index.handler',
  Runtime: 'nodejs24.x',
};
const mapping: JsonObject = {
  EventSourceArn: { 'Fn::GetAtt': 'Shop.StreamArn' },
  FunctionName: { Ref: 'Orders' },
  StartingPosition: 'LATEST',
};

/** A table, a function and the mapping between them, with what a test changes or adds. */
export function shopTemplate(
  changes: {
    readonly orders?: JsonObject;
    readonly mapping?: JsonObject;
    readonly resources?: JsonObject;
    readonly sections?: JsonObject;
  } = {},
): Template {
  const body: Json = {
    ...changes.sections,
    Resources: {
      Shop: shop,
      Orders: { Type: 'AWS::Lambda::Function', Properties: { ...orders, ...changes.orders } },
      Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { ...mapping, ...changes.mapping } },
      ...changes.resources,
    },
  };
  return templateOf(frozen(body), '/service/template.json');
}

/** Resolves a value as if it stood at `Here` in the template. */
export function resolveIn(
  template: Template,
  value: Json,
  given: Partial<PlanOptions> = {},
): Json | undefined {
  const { scope } = resolvedTemplate(template, { ...options, ...given }, attributeOf);
  return resolveValue(value, placeAt('Here'), scope);
}

/** Through and through, so that whoever changes it throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
