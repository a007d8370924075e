import { asText, isList, isObject, own } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { MappingCandidate } from './mapping-candidates.ts';
import { kindOf } from './resource-kinds.ts';
import type { Resource, Template } from './template.ts';

/**
 * What a mapping reads, if the template shows that it is no table: a Kinesis stream is not created here, so its ARN
 * could not be resolved. Undefined for a table, and for what has to be resolved to be known.
 */
export function foreignSource(
  { properties, sourceProperty }: MappingCandidate,
  template: Template,
): string | undefined {
  const source = properties.raw(sourceProperty);
  if (source === undefined && properties.names().some((name) => name.startsWith('SelfManaged')))
    return 'a self-managed Kafka';
  const named = template.resources.get(namedBy(source) ?? '');
  if (named === undefined || kindOf(named.type)?.kind === 'table') return undefined;
  return `${named.logicalId}, an ${named.type}`;
}

/** Whether a template has a mapping that may read a DynamoDB stream, as far as that shows without resolving it. */
export const mayReadStreams = ({ resources }: Pick<Template, 'resources'>): boolean =>
  [...resources.values()].some(({ type, properties }) => {
    if (type === 'AWS::Serverless::Function') return samEventTypes(properties).includes('DynamoDB');
    return (
      type === 'AWS::Lambda::EventSourceMapping' && mayBeStream(own(properties, 'EventSourceArn'), resources)
    );
  });

function mayBeStream(source: Json | undefined, resources: ReadonlyMap<string, Resource>): boolean {
  if (typeof source === 'string') return source.includes(':dynamodb:');
  const named = resources.get(namedBy(source) ?? '');
  return source !== undefined && (named === undefined || kindOf(named.type)?.kind === 'table');
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
