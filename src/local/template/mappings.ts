import type {
  MappingProperties,
  MappingSource,
  PlannedMapping,
  PlannedQueueMapping,
  QueueMappingProperties,
} from './function-plan.ts';
import { inside } from './place.ts';
import type { MappingCandidate } from './mapping-candidates.ts';
import { foreignSource } from './mapping-source.ts';
import type { AttributeOf } from './plan-options.ts';
import type { Properties } from './properties.ts';
import { kindOf } from './resource-kinds.ts';
import type { NotRun } from './resource-plan.ts';
import type { ResolvedTemplate } from './scope.ts';
import { withoutUndefined } from './without-undefined.ts';

export type MappingOrNot =
  | { readonly kind: 'mapping'; readonly mapping: PlannedMapping; readonly warnings: readonly string[] }
  | {
      readonly kind: 'queue-mapping';
      readonly mapping: PlannedQueueMapping;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'not-run'; readonly notRun: NotRun };

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
export function plannedMapping(
  candidate: MappingCandidate,
  resolved: ResolvedTemplate,
  attributeOf: AttributeOf,
): MappingOrNot {
  const { logicalId, type, properties, sourceProperty } = candidate;
  const notRun = (reason: string): MappingOrNot => ({ kind: 'not-run', notRun: { logicalId, type, reason } });
  const foreign = foreignSource(candidate, resolved.template);
  const readHere = 'only streams of DynamoDB, and queues of this template, are read here';
  if (foreign !== undefined) return notRun(`its source is ${foreign}; ${readHere}`);
  const sourceArn = properties.requiredText(sourceProperty);
  const queueLogicalId = queueOf(sourceArn, resolved);
  if (queueLogicalId === undefined && sourceArn.split(':')[2] !== 'dynamodb')
    return notRun(`its source is ${sourceArn}; ${readHere}`);

  const functionName = unqualified(candidate.functionName());
  const invoked = resolved.resources.find(
    (resource) => kindOf(resource.type)?.kind === 'function' && resolved.nameOf(resource) === functionName,
  );
  if (invoked === undefined) return notRun(`its function ${functionName} is not in this template`);
  const ignoring = (understood: readonly string[]) =>
    properties
      .names()
      .filter((name) => ![...understood, ...ofAll, sourceProperty].includes(name))
      .map((name) => `${name} of ${logicalId} has no effect here.`);
  const functionLogicalId = invoked.logicalId;
  if (queueLogicalId !== undefined) {
    if (properties.flag('Enabled') === false) return notRun('it is not enabled');
    const settings = queueMappingProperties(properties);
    const mapping = { logicalId, functionLogicalId, queueLogicalId, queueArn: sourceArn, settings };
    return { kind: 'queue-mapping', mapping, warnings: ignoring(understoodOfQueues) };
  }
  return {
    kind: 'mapping',
    mapping: {
      logicalId,
      functionLogicalId,
      source: sourceOf(sourceArn, resolved, attributeOf),
      settings: mappingProperties(properties),
    },
    warnings: ignoring(understood),
  };
}

function queueOf(arn: string, { resources, scope }: ResolvedTemplate): string | undefined {
  const place = (logicalId: string) => inside({ path: 'Resources', through: [] }, logicalId);
  return resources.find(
    ({ logicalId, type }) =>
      kindOf(type)?.kind === 'queue' && scope.attribute(logicalId, 'Arn', place(logicalId)) === arn,
  )?.logicalId;
}

function sourceOf(
  streamArn: string,
  { resources }: ResolvedTemplate,
  attributeOf: AttributeOf,
): MappingSource {
  const table = resources.find(
    ({ logicalId, type }) =>
      kindOf(type)?.kind === 'table' && attributeOf(logicalId, 'StreamArn') === streamArn,
  );
  return table === undefined
    ? { kind: 'stream', streamArn }
    : { kind: 'table', logicalId: table.logicalId, streamArn };
}

/**
 * The name of a function out of what a mapping may name it by: `name`, `name:alias`, a partial or a full ARN.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
const unqualified = (functionName: string): string =>
  functionName.replace(/^.*:function:/, '').replace(/:.*$/, '');

const ofAll: readonly string[] = [
  'FunctionName',
  'Enabled',
  'Tags', // They have no effect in AWS either.
  'MetricsConfig', // What is counted changes nothing of what is done.
];

const understood: readonly string[] = [
  'StartingPosition',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'TumblingWindowInSeconds',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
  'FilterCriteria',
  'DestinationConfig',
] satisfies readonly (keyof MappingProperties)[];

const understoodOfQueues: readonly string[] = [
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'FilterCriteria',
  'ScalingConfig',
] satisfies readonly (keyof QueueMappingProperties)[];

const queueMappingProperties = (properties: Properties): QueueMappingProperties => {
  const scaling = properties.nested('ScalingConfig');
  return withoutUndefined({
    BatchSize: properties.number('BatchSize'),
    MaximumBatchingWindowInSeconds: properties.number('MaximumBatchingWindowInSeconds'),
    FunctionResponseTypes: properties.texts('FunctionResponseTypes'),
    FilterCriteria: filterCriteria(properties),
    ScalingConfig: scaling && withoutUndefined({ MaximumConcurrency: scaling.number('MaximumConcurrency') }),
  });
};

function mappingProperties(properties: Properties): MappingProperties {
  return {
    StartingPosition: properties.requiredWord('StartingPosition', ['TRIM_HORIZON', 'LATEST']),
    ...withoutUndefined({
      BatchSize: properties.number('BatchSize'),
      MaximumBatchingWindowInSeconds: properties.number('MaximumBatchingWindowInSeconds'),
      ParallelizationFactor: properties.number('ParallelizationFactor'),
      MaximumRetryAttempts: properties.number('MaximumRetryAttempts'),
      MaximumRecordAgeInSeconds: properties.number('MaximumRecordAgeInSeconds'),
      TumblingWindowInSeconds: properties.number('TumblingWindowInSeconds'),
      BisectBatchOnFunctionError: properties.flag('BisectBatchOnFunctionError'),
      Enabled: properties.flag('Enabled'),
      FunctionResponseTypes: properties.texts('FunctionResponseTypes'),
      FilterCriteria: filterCriteria(properties),
      DestinationConfig: destinationConfig(properties),
    }),
  };
}

function filterCriteria(properties: Properties): MappingProperties['FilterCriteria'] {
  const filters = properties.nested('FilterCriteria')?.nestedList('Filters');
  if (filters === undefined) return undefined;
  return { Filters: filters.map((filter) => ({ Pattern: filter.requiredText('Pattern') })) };
}

function destinationConfig(properties: Properties): MappingProperties['DestinationConfig'] {
  const onFailure = properties.nested('DestinationConfig')?.nested('OnFailure');
  if (onFailure === undefined) return undefined;
  return { OnFailure: { Destination: onFailure.requiredText('Destination') } };
}
