import { LocalStackError } from '../../errors.ts';
import type { FunctionPlan } from './function-plan.ts';
import { functionWarnings, plannedFunction } from './functions.ts';
import { plannedRoutes, withApiIds } from './http-apis.ts';
import { mappingCandidates } from './mapping-candidates.ts';
import { plannedMapping } from './mappings.ts';
import { plannedOutputs } from './outputs.ts';
import { orNotRun } from './not-run.ts';
import type { AttributeOf, PlanOptions } from './plan-options.ts';
import { kindOf } from './resource-kinds.ts';
import type { NotRun } from './resource-plan.ts';
import { resolvedTemplate } from './scope.ts';
import type { Template } from './template.ts';

export interface FunctionPlanOptions extends PlanOptions {
  readonly attributeOf: AttributeOf;
  /** Names of variables that every function is given, whatever the template has for them. Default none. */
  readonly givenVariables?: readonly string[];
}

/**
 * The second of two steps: what is to run on what `planResources` has planned and has been created since. Functions
 * that nothing invokes here are not looked into, so they may be whatever they are.
 * @throws LocalStackError naming the place in the template of what cannot be resolved or does not run here, and if
 * there is no mapping that runs
 * @throws InvalidOptionError naming a parameter or a logical ID that the template does not have
 */
export function planFunctions(template: Template, options: FunctionPlanOptions): FunctionPlan {
  const resolved = resolvedTemplate(template, options, options.attributeOf);
  const found = resolved.resources
    .flatMap((resource) => mappingCandidates(resource, resolved))
    .map((found) =>
      found.kind === 'not-run' ? found : plannedMapping(found.candidate, resolved, options.attributeOf),
    );
  const mapped = found.filter((one) => one.kind === 'mapping');
  const queued = found.filter((one) => one.kind === 'queue-mapping');
  const foundRoutes = plannedRoutes(
    resolvedTemplate(template, withApiIds(template, options), options.attributeOf),
  );
  const routed = foundRoutes.filter((one) => one.kind === 'route');
  const mappedIds = new Set(mapped.map(({ mapping }) => mapping.functionLogicalId));
  const otherIds = new Set([
    ...queued.map(({ mapping }) => mapping.functionLogicalId),
    ...routed.map(({ route }) => route.functionLogicalId),
  ]);
  const lambdas = resolved.resources.filter(({ type }) => kindOf(type)?.kind === 'function');
  const functions = lambdas.map((resource) => {
    const { logicalId, type } = resource;
    const plan = () =>
      ({
        kind: 'function',
        resource,
        planned: plannedFunction(resource, resolved, options.givenVariables),
      }) as const;
    if (mappedIds.has(logicalId)) return plan();
    // The streams do without a function of an API or a queue.
    if (otherIds.has(logicalId)) return orNotRun(resource, plan);
    return { kind: 'not-run', notRun: { logicalId, type, reason: 'nothing invokes it here' } } as const;
  });
  const running = functions.filter((one) => one.kind === 'function');
  const runs = (id: string) => running.some(({ planned }) => planned.logicalId === id);
  const queueMappings = queued.filter(({ mapping }) => runs(mapping.functionLogicalId));
  const notRun: readonly NotRun[] = [
    ...[...found, ...foundRoutes, ...functions]
      .filter((one) => one.kind === 'not-run')
      .map((one) => one.notRun),
    ...queued
      .filter((one) => !queueMappings.includes(one))
      .map(({ mapping: { logicalId, functionLogicalId } }) => ({
        logicalId,
        type: 'AWS::Lambda::EventSourceMapping',
        reason: `its function ${functionLogicalId} does not run here`,
      })),
  ];
  if (mapped.length + queueMappings.length === 0) throw nothingToRun(template, notRun);

  return {
    functions: running.map(({ planned }) => planned),
    mappings: mapped.map(({ mapping }) => mapping),
    queueMappings: queueMappings.map(({ mapping }) => mapping),
    routes: routed.map(({ route }) => route).filter(({ functionLogicalId }) => runs(functionLogicalId)),
    notRun,
    outputs: plannedOutputs(resolved),
    warnings: [
      ...running.flatMap(({ resource, planned }) => functionWarnings(resource, planned, resolved)),
      ...[...mapped, ...queueMappings, ...routed].flatMap(({ warnings }) => warnings),
    ],
  };
}

function nothingToRun({ path }: Template, notRun: readonly NotRun[]): LocalStackError {
  const reasons = notRun.map(({ logicalId, reason }) => ` ${logicalId}: ${reason}.`).join('');
  return new LocalStackError(
    `No event source mapping of a DynamoDB stream or a queue in ${path} runs here.${reasons} ` +
      `Add one, or give the parameters that make its condition true.`,
  );
}
