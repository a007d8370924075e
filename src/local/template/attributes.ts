import { apiType } from './http-apis.ts';
import { samApiType } from './sam-http-apis.ts';
import type { Scope } from './intrinsics.ts';
import { partitionOf } from './parameters.ts';
import type { Place } from './place.ts';
import { refused } from './place.ts';
import type { AttributeOf, PlanOptions } from './plan-options.ts';
import { readProperties } from './properties.ts';
import { kindOf } from './resource-kinds.ts';
import type { Resource } from './template.ts';

/** What the attributes of resources are computed from. */
export interface AttributeSources {
  readonly scope: Scope;
  readonly options: PlanOptions;
  readonly attributeOf: AttributeOf;
  readonly nameOf: (resource: Resource, place: Place) => string;
  /** The place of a resource's properties, for what is resolved there in turn. */
  readonly propertiesOf: (resource: Resource, place: Place) => Place;
}

/**
 * What Ref gives for a resource.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export function referenceTo(resource: Resource, place: Place, sources: AttributeSources): string {
  const { kind } = kindOf(resource.type) ?? {};
  switch (kind) {
    case 'queue':
      return attributeFrom(resource, 'QueueUrl', place, sources);
    case 'topic':
      return attributeFrom(resource, 'TopicArn', place, sources);
    case 'table':
    case 'bucket':
    case 'function':
      return sources.nameOf(resource, place);
    case undefined:
      if (resource.type === apiType || resource.type === samApiType)
        throw refused(
          place,
          `asks for the id of ${resource.logicalId}, which only AWS gives. Fn::GetAtt ${resource.logicalId}.ApiEndpoint is its URL, ` +
            `here too; else put a parameter with a Default in its place.`,
        );
      return qualifiedFunction(resource, place, sources) ?? refuseUncreated(resource, 'Ref', place);
  }
}

/** What Fn::GetAtt gives for a resource: what the stack knows, else what can be computed from its name. */
export function attributeFrom(
  resource: Resource,
  attribute: string,
  place: Place,
  sources: AttributeSources,
): string {
  const { type, logicalId } = resource;
  const kind = kindOf(type)?.kind;
  if (
    kind === 'table' &&
    attribute === 'StreamArn' &&
    !Object.hasOwn(resource.properties, 'StreamSpecification')
  )
    throw refused(
      place,
      `asks for the StreamArn of ${logicalId}, which has no stream. Give the table a StreamSpecification.`,
    );
  const known = sources.attributeOf(logicalId, attribute);
  if (known !== undefined) return known;
  const { region, accountId } = sources.options;
  const arn = (service: string, rest: string) => `arn:${partitionOf(region)}:${service}:${rest}`;
  const name = () => sources.nameOf(resource, place);
  switch (kind === undefined ? undefined : `${kind}.${attribute}`) {
    case 'table.Arn':
      return arn('dynamodb', `${region}:${accountId}:table/${name()}`);
    case 'queue.Arn':
      return arn('sqs', `${region}:${accountId}:${name()}`);
    case 'queue.QueueName':
    case 'topic.TopicName':
      return name();
    case 'topic.TopicArn':
      return arn('sns', `${region}:${accountId}:${name()}`);
    case 'bucket.Arn':
      return arn('s3', `::${name()}`);
    case 'function.Arn':
      return arn('lambda', `${region}:${accountId}:function:${name()}`);
    case 'table.StreamArn':
    case 'queue.QueueUrl':
      throw refused(
        place,
        `asks for ${logicalId}.${attribute}, which is known only after its creation. Put a literal value here.`,
      );
    case undefined:
      return refuseUncreated(resource, attribute, place);
    default:
      throw refused(
        place,
        `asks for ${logicalId}.${attribute}, an attribute of ${type} that is not known here. ` +
          `Put a parameter with a Default in its place, or a literal value.`,
      );
  }
}

/** An alias, or a version; the first version of a function is the only one that there is here. */
function qualifiedFunction(resource: Resource, place: Place, sources: AttributeSources): string | undefined {
  const { type } = resource;
  if (type !== 'AWS::Lambda::Alias' && type !== 'AWS::Lambda::Version') return undefined;
  const at = sources.propertiesOf(resource, place);
  const properties = readProperties(resource.properties, at, sources.scope);
  const named = properties.requiredText('FunctionName');
  const { region, accountId } = sources.options;
  const arn = named.startsWith('arn:')
    ? named
    : `arn:${partitionOf(region)}:lambda:${region}:${accountId}:function:${named}`;
  return `${arn}:${type === 'AWS::Lambda::Alias' ? properties.requiredText('Name') : '1'}`;
}

function refuseUncreated({ logicalId, type }: Resource, attribute: string, place: Place): never {
  throw refused(
    place,
    `asks for ${attribute === 'Ref' ? `Ref ${logicalId}` : `${logicalId}.${attribute}`}, but a local stack creates no ` +
      `${type}. Put a parameter with a Default in its place, or a literal value; a variable can be given from outside ` +
      `(spillway dev --env NAME=VALUE).`,
  );
}
