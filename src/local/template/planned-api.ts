import { own } from './json.ts';
import type { PlannedApi } from './resource-plan.ts';
import type { Resource } from './template.ts';

/** The name is only shown: one that would have to be computed is not worth a refusal. */
export function plannedApi({ logicalId, properties }: Resource): PlannedApi {
  const name = own(properties, 'Name');
  return { logicalId, name: typeof name === 'string' ? name : logicalId };
}
