import { LocalStackError } from '../../errors.ts';
import type { PlannedOutput } from './function-plan.ts';
import { asText, isObject, own } from './json.ts';
import { placeAt } from './place.ts';
import { readProperties } from './properties.ts';
import type { ResolvedTemplate } from './scope.ts';

/** An output that cannot be resolved stops nothing: nobody may ask for it. */
export function plannedOutputs({
  template,
  scope,
}: ResolvedTemplate): Readonly<Record<string, PlannedOutput>> {
  return Object.fromEntries(
    Object.entries(template.outputs).flatMap(([name, declared]): readonly [string, PlannedOutput][] => {
      const output = isObject(declared) ? declared : {};
      const place = placeAt(`Outputs.${name}`);
      try {
        const condition = asText(own(output, 'Condition'));
        if (condition !== undefined && !scope.isTrue(condition, place)) return [];
        return [[name, { kind: 'value', value: readProperties(output, place, scope).requiredText('Value') }]];
      } catch (error) {
        if (!(error instanceof LocalStackError)) throw error;
        return [[name, { kind: 'unresolved', reason: error.message }]];
      }
    }),
  );
}
