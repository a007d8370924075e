import { InvalidOptionError } from '../../errors.ts';
import type { Json } from './json.ts';
import { asText, isList, isObject, own } from './json.ts';
import type { Place } from './place.ts';
import { refused } from './place.ts';
import type { PlanOptions } from './plan-options.ts';
import { defaultStackName } from './plan-options.ts';
import type { Template } from './template.ts';

/** The names that begin with `AWS::`; AWS::NoValue is none of them, for it has no value. */
export type PseudoParameters = ReadonlyMap<string, Json>;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
export function pseudoParameters(options: PlanOptions): PseudoParameters {
  const { region, accountId, stackName = defaultStackName } = options;
  const partition = partitionOf(region);
  const stackId = `${stackName}/00000000-0000-0000-0000-000000000000`;
  return new Map<string, Json>([
    ['AWS::Region', region],
    ['AWS::AccountId', accountId],
    ['AWS::Partition', partition],
    ['AWS::URLSuffix', partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'],
    ['AWS::StackName', stackName],
    ['AWS::StackId', `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackId}`],
    ['AWS::NotificationARNs', []],
  ]);
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * What Ref gives for a parameter of the template: a text, or a list of texts for a parameter that is a list.
 * @throws LocalStackError if it has no value, or one that its AllowedValues leave out
 */
export function parameterValue(name: string, declared: Json, given: string | undefined, place: Place): Json {
  const parameter = isObject(declared) ? declared : {};
  const type = asText(own(parameter, 'Type')) ?? 'String';
  const value = given ?? defaultOf(own(parameter, 'Default'), type);
  if (value === undefined)
    throw refused(
      place,
      `needs the parameter ${name}, which has no ${isStored(type) ? 'value on this machine (it is kept in AWS)' : 'Default'}. ` +
        `Give it a value: parameters: { ${name}: '...' }.`,
    );
  const allowed = own(parameter, 'AllowedValues');
  if (isList(allowed) && !allowed.map(String).includes(value))
    throw refused(
      place,
      `needs the parameter ${name}, whose value is none of its AllowedValues (${allowed.map(String).join(', ')}).`,
    );
  return type === 'CommaDelimitedList' || type.startsWith('List<')
    ? value.split(',').map((element) => element.trim())
    : value;
}

/** The Default of a parameter of the Systems Manager is the name of a value, not the value. */
const defaultOf = (json: Json | undefined, type: string): string | undefined =>
  isStored(type) ? undefined : asText(json);

const isStored = (type: string): boolean => type.startsWith('AWS::SSM::Parameter::');

/** @throws InvalidOptionError naming a parameter or a resource that is given and not in the template */
export function checkNames(template: Template, { parameters = {}, physicalNames = {} }: PlanOptions): void {
  const strangers = [
    ...Object.keys(parameters)
      .filter((name) => !Object.hasOwn(template.parameters, name))
      .map((name) => `parameters.${name}`),
    ...Object.keys(physicalNames)
      .filter((logicalId) => !template.resources.has(logicalId))
      .map((logicalId) => `physicalNames.${logicalId}`),
  ];
  if (strangers.length === 0) return;
  throw new InvalidOptionError(
    `${strangers.join(' and ')} is given, but ${template.path} declares nothing of this name. Correct it or leave it out.`,
  );
}
