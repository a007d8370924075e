import type { MappingProperties, MappingSource, PlannedMapping } from './function-plan.ts';
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
  if (foreign !== undefined)
    return notRun(`its source is ${foreign}; only streams of DynamoDB are read here`);
  const streamArn = properties.requiredText(sourceProperty);
  if (streamArn.split(':')[2] !== 'dynamodb')
    return notRun(`its source is ${streamArn}; only streams of DynamoDB are read here`);

  const functionName = unqualified(candidate.functionName());
  const invoked = resolved.resources.find(
    (resource) => kindOf(resource.type)?.kind === 'function' && resolved.nameOf(resource) === functionName,
  );
  if (invoked === undefined) return notRun(`its function ${functionName} is not in this template`);
  const ignored = properties
    .names()
    .filter((name) => ![...understood, sourceProperty, 'FunctionName'].includes(name));
  return {
    kind: 'mapping',
    mapping: {
      logicalId,
      functionLogicalId: invoked.logicalId,
      source: sourceOf(streamArn, resolved, attributeOf),
      settings: mappingProperties(properties),
    },
    warnings: ignored.map((name) => `${name} of ${logicalId} has no effect here.`),
  };
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

const understood: readonly string[] = [
  'StartingPosition',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'TumblingWindowInSeconds',
  'BisectBatchOnFunctionError',
  'Enabled',
  'FunctionResponseTypes',
  'FilterCriteria',
  'DestinationConfig',
  'Tags', // They have no effect in AWS either.
  'MetricsConfig', // What is counted changes nothing of what is done.
] satisfies readonly (keyof MappingProperties | 'Tags' | 'MetricsConfig')[];

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
