import { resolveValue } from '../../../src/local/template/intrinsics.ts';
import type { Json } from '../../../src/local/template/json.ts';
import { placeAt } from '../../../src/local/template/place.ts';
import { isObject } from '../../../src/stream/record.ts';
import type { Planned } from '../plugin/plan-of.ts';
import { naming } from '../plugin/plan-of.ts';

const pseudo = ['AWS::Region', 'AWS::StackName', 'AWS::Partition', 'AWS::AccountId', 'AWS::URLSuffix'];

/**
 * Puts stand-ins for what CloudFormation would put, `<Name>` and `<Name.Attribute>`; throws for what the stack does not have:
 * the user's and the plugin's resources, the functions and their mappings.
 */
export function resolveFor({ service, resources, counted }: Planned) {
  const functions = Object.keys(service.functions).map(naming.getLambdaLogicalId);
  const own = Object.keys(service.resources?.Resources ?? {});
  const known = [...own, ...Object.keys(resources), ...functions, ...counted];
  const inStack = (name: string): string => {
    if (known.includes(name)) return name;
    throw new Error(`the stack has no ${name}`);
  };
  return (value: unknown): unknown =>
    // What the plan holds is JSON.
    resolveValue(importing(value) as Json, placeAt('Here'), {
      reference: (name) => `<${pseudo.includes(name) ? name : inStack(name)}>`,
      attribute: (logicalId, attribute) => `<${inStack(logicalId)}.${attribute}>`,
      isTrue: () => false,
      find: () => '',
    });
}

/** Imports are no part of a stack. */
const importing = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    isObject(one) && typeof one['Fn::ImportValue'] === 'string'
      ? `arn:aws:any:eu-central-1:123456789012:${one['Fn::ImportValue']}`
      : one,
  );
