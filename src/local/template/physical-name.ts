import { createHash } from 'node:crypto';
import type { Scope } from './intrinsics.ts';
import { readProperties } from './properties.ts';
import type { Place } from './place.ts';
import type { PlanOptions } from './plan-options.ts';
import { defaultStackName } from './plan-options.ts';
import type { KindOfResource } from './resource-kinds.ts';
import type { Resource } from './template.ts';

/**
 * The name under which a resource is created: the one that is given, else the template's, else one made as CloudFormation
 * makes it, `<stack>-<logical ID>`, but without the random end, so that it is the same every time. Where that is longer
 * than the service takes, its end is a hash of the whole.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
export function physicalName(
  resource: Resource,
  { kind, nameProperty, longestName }: KindOfResource,
  { scope, place, options }: { readonly scope: Scope; readonly place: Place; readonly options: PlanOptions },
): string {
  const properties = readProperties(resource.properties, place, scope);
  const chosen = givenName(options, resource.logicalId) ?? properties.text(nameProperty);
  if (chosen !== undefined) return chosen;
  const made = `${options.stackName ?? defaultStackName}-${resource.logicalId}`;
  if (kind === 'bucket') return shortened(made.toLowerCase(), longestName);
  const isFifo =
    (kind === 'queue' && properties.flag('FifoQueue')) || (kind === 'topic' && properties.flag('FifoTopic'));
  // A FIFO queue's or topic's name has to end like this.
  return isFifo ? `${shortened(made, longestName - '.fifo'.length)}.fifo` : shortened(made, longestName);
}

export const givenName = ({ physicalNames = {} }: PlanOptions, logicalId: string): string | undefined =>
  Object.hasOwn(physicalNames, logicalId) ? physicalNames[logicalId] : undefined;

function shortened(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, longest - hash.length - 1)}-${hash}`;
}
