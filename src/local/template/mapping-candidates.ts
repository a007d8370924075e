import { asText, isObject, own } from './json.ts';
import { inside, placeAt } from './place.ts';
import type { Properties } from './properties.ts';
import { readProperties } from './properties.ts';
import type { NotRun } from './resource-plan.ts';
import type { ResolvedTemplate } from './scope.ts';
import type { Resource } from './template.ts';

/** A mapping as a template has it: a resource of its own, or an event of a SAM function. */
export interface MappingCandidate {
  readonly logicalId: string;
  /** The resource's, or the event's (`DynamoDB`). */
  readonly type: string;
  readonly properties: Properties;
  /** The property that names the stream. */
  readonly sourceProperty: 'EventSourceArn' | 'Stream';
  /** The name or the ARN of the function. */
  readonly functionName: () => string;
}

export type CandidateOrNot =
  | { readonly kind: 'candidate'; readonly candidate: MappingCandidate }
  | { readonly kind: 'not-run'; readonly notRun: NotRun };

/** All mappings that a resource holds, and the events of a SAM function that are none. */
export function mappingCandidates(resource: Resource, resolved: ResolvedTemplate): readonly CandidateOrNot[] {
  const { logicalId, type } = resource;
  if (type === 'AWS::Serverless::Function') return samEvents(resource, resolved);
  if (type !== 'AWS::Lambda::EventSourceMapping') return [];
  const properties = resolved.properties(resource);
  const functionName = () => properties.requiredText('FunctionName');
  const candidate = { logicalId, type, properties, sourceProperty: 'EventSourceArn', functionName } as const;
  return [{ kind: 'candidate', candidate }];
}

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-dynamodb.html */
function samEvents(resource: Resource, resolved: ResolvedTemplate): readonly CandidateOrNot[] {
  const events = own(resource.properties, 'Events');
  return Object.entries(isObject(events) ? events : {}).map(([name, event]): CandidateOrNot => {
    const declared = isObject(event) ? event : {};
    const logicalId = `${resource.logicalId}${name}`;
    const type = asText(own(declared, 'Type')) ?? 'an event without a Type';
    if (type !== 'DynamoDB')
      return {
        kind: 'not-run',
        notRun: { logicalId, type, reason: 'only events of type DynamoDB invoke functions here' },
      };
    const eventProperties = own(declared, 'Properties');
    const place = inside(placeAt(`Resources.${resource.logicalId}.Properties.Events`), `${name}.Properties`);
    const properties = readProperties(
      isObject(eventProperties) ? eventProperties : {},
      place,
      resolved.scope,
    );
    const functionName = () => resolved.nameOf(resource);
    return {
      kind: 'candidate',
      candidate: { logicalId, type, properties, sourceProperty: 'Stream', functionName },
    };
  });
}
