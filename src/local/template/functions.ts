import { codeLocation } from './code-location.ts';
import type { PlannedFunction } from './function-plan.ts';
import { inside, refused } from './place.ts';
import type { ResolvedTemplate } from './scope.ts';
import type { Resource } from './template.ts';

/**
 * Variables that are given otherwise are left out, so they need not be resolvable.
 * @throws LocalStackError for a function that no Node.js runs
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 */
export function plannedFunction(
  resource: Resource,
  resolved: ResolvedTemplate,
  givenVariables: readonly string[] = [],
): PlannedFunction {
  const properties = resolved.properties(resource);
  const { logicalId } = resource;
  const code = codeLocation(resource, properties, resolved.template);
  const runtime = properties.requiredText('Runtime');
  if (!runtime.startsWith('nodejs'))
    throw refused(
      inside(properties.place, 'Runtime'),
      `is ${runtime}, so ${logicalId} does not run here: only nodejs runtimes do. Take its mapping out, or behind a Condition.`,
    );
  const variables = properties.nested('Environment')?.nested('Variables');
  return {
    logicalId,
    name: resolved.nameOf(resource),
    handler: properties.requiredText('Handler'),
    runtime,
    code,
    environment: Object.fromEntries(
      (variables?.names() ?? []).flatMap((name) => {
        const value = givenVariables.includes(name) ? undefined : variables?.text(name);
        return value === undefined ? [] : [[name, value] as const]; // It may be AWS::NoValue, too.
      }),
    ),
    timeoutSeconds: properties.number('Timeout') ?? 3,
    memorySizeMb: properties.number('MemorySize') ?? 128,
  };
}

/** What the function has in AWS and not here. The values of variables are not shown: they may be secrets. */
export function functionWarnings(
  resource: Resource,
  { environment }: PlannedFunction,
  resolved: ResolvedTemplate,
): readonly string[] {
  const { logicalId } = resource;
  const layers = resolved.properties(resource).names().includes('Layers')
    ? [`${logicalId} has Layers, which are not there here: its code must bring along what it imports.`]
    : [];
  const references = Object.entries(environment)
    .filter(([, value]) => value.includes('{{resolve:'))
    .map(
      ([name]) =>
        `The variable ${name} of ${logicalId} refers to a value that is kept in AWS; here it holds the reference itself.`,
    );
  return [...layers, ...references];
}
