import { asText, isList, isObject, own } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { MappingCandidate } from './mapping-candidates.ts';
import { kindOf } from './resource-kinds.ts';
import type { Resource, Template } from './template.ts';

/**
 * What a mapping reads, if the template shows that it is no table and no queue: a Kinesis stream is not created here, so
 * its ARN could not be resolved. Undefined for a table or a queue, and for what has to be resolved to be known.
 */
export function foreignSource(
  { properties, sourceProperty }: MappingCandidate,
  template: Template,
): string | undefined {
  const source = properties.raw(sourceProperty);
  if (source === undefined && properties.names().some((name) => name.startsWith('SelfManaged')))
    return 'a self-managed Kafka';
  const named = template.resources.get(namedBy(source) ?? '');
  if (named === undefined || isSource(named.type)) return undefined;
  return `${named.logicalId}, an ${named.type}`;
}

const isSource = (type: string): boolean => ['table', 'queue'].includes(kindOf(type)?.kind ?? '');

/** Whether a template has a mapping that may run here, as far as that shows without resolving it. */
export const hasMapping = ({ resources }: Pick<Template, 'resources'>): boolean =>
  [...resources.values()].some(({ type, properties }) => {
    if (type === 'AWS::Serverless::Function')
      return samEventTypes(properties).some((each) => each === 'DynamoDB' || each === 'SQS');
    return (
      type === 'AWS::Lambda::EventSourceMapping' && mayBeSource(own(properties, 'EventSourceArn'), resources)
    );
  });

function mayBeSource(source: Json | undefined, resources: ReadonlyMap<string, Resource>): boolean {
  if (typeof source === 'string') return /:(dynamodb|sqs):/.test(source);
  const named = resources.get(namedBy(source) ?? '');
  return source !== undefined && (named === undefined || isSource(named.type));
}

function samEventTypes(properties: JsonObject): readonly (string | undefined)[] {
  const events = own(properties, 'Events');
  return Object.values(isObject(events) ? events : {}).map((event) =>
    isObject(event) ? asText(own(event, 'Type')) : undefined,
  );
}

/** The logical ID in `Ref`, in `Fn::GetAtt`, and in a `Fn::Sub` of nothing else. */
function namedBy(source: Json | undefined): string | undefined {
  if (!isObject(source)) return undefined;
  const attribute = own(source, 'Fn::GetAtt');
  const named = isList(attribute) ? attribute[0] : attribute;
  const substituted = /^\$\{([^}]+)\}$/.exec(asText(own(source, 'Fn::Sub')) ?? '')?.[1];
  return (asText(own(source, 'Ref')) ?? asText(named) ?? substituted)?.split('.')[0];
}
