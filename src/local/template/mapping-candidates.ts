import type { Properties } from './properties.ts';
import type { NotRun } from './resource-plan.ts';
import type { SamEvent } from './sam-events.ts';
import { samEventsOf } from './sam-events.ts';
import type { ResolvedTemplate } from './scope.ts';
import type { Resource } from './template.ts';

/** A mapping as a template has it: a resource of its own, or an event of a SAM function. */
export interface MappingCandidate {
  readonly logicalId: string;
  /** The resource's, or the event's (`DynamoDB`, `SQS`). */
  readonly type: string;
  readonly properties: Properties;
  /** The property that names the stream or the queue. */
  readonly sourceProperty: 'EventSourceArn' | 'Stream' | 'Queue';
  /** The name or the ARN of the function. */
  readonly functionName: () => string;
}

export type CandidateOrNot =
  | { readonly kind: 'candidate'; readonly candidate: MappingCandidate }
  | { readonly kind: 'not-run'; readonly notRun: NotRun };

/** All mappings that a resource holds, and the events of a SAM function that nothing here brings. */
export function mappingCandidates(resource: Resource, resolved: ResolvedTemplate): readonly CandidateOrNot[] {
  const { logicalId, type } = resource;
  if (type === 'AWS::Serverless::Function')
    return samEventsOf(resource, resolved)
      .filter((event) => event.type !== 'HttpApi')
      .map(candidateOf(() => resolved.nameOf(resource)));
  if (type !== 'AWS::Lambda::EventSourceMapping') return [];
  const properties = resolved.properties(resource);
  const functionName = () => properties.requiredText('FunctionName');
  const candidate = { logicalId, type, properties, sourceProperty: 'EventSourceArn', functionName } as const;
  return [{ kind: 'candidate', candidate }];
}

/** The property in which an event of SAM names its source.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-dynamodb.html
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-sqs.html */
const samSources: ReadonlyMap<string, 'Stream' | 'Queue'> = new Map([
  ['DynamoDB', 'Stream'],
  ['SQS', 'Queue'],
]);

const candidateOf =
  (functionName: () => string) =>
  ({ logicalId, type, properties }: SamEvent): CandidateOrNot => {
    const sourceProperty = samSources.get(type);
    if (sourceProperty === undefined)
      return {
        kind: 'not-run',
        notRun: {
          logicalId,
          type,
          reason: 'only events of type DynamoDB, SQS and HttpApi invoke functions here',
        },
      };
    return {
      kind: 'candidate',
      candidate: { logicalId, type, properties, sourceProperty, functionName },
    };
  };
