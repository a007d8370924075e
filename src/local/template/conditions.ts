import type { Scope } from './intrinsics.ts';
import { resolveValue } from './intrinsics.ts';
import type { Json } from './json.ts';
import { asText, isList, isObject } from './json.ts';
import type { Place } from './place.ts';
import { inside, refused } from './place.ts';

/**
 * Whether a condition holds: Fn::Equals, Fn::And, Fn::Or, Fn::Not, and Condition for another one by name.
 * @throws LocalStackError for any other function
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
 */
export function holds(json: Json, place: Place, scope: Scope): boolean {
  const [name, argument] = (isObject(json) ? Object.entries(json)[0] : undefined) ?? ['', null];
  if (name === 'Condition' && typeof argument === 'string') return scope.isTrue(argument, place);
  const parts = isList(argument) ? argument : [];
  const each = parts.map((part, index) => () => holds(part, inside(place, index), scope));
  const [first, second] = parts;
  const [firstHolds] = each;
  if (name === 'Fn::Equals' && first !== undefined && second !== undefined && parts.length === 2)
    return comparable(first, place, scope) === comparable(second, place, scope);
  if (name === 'Fn::Not' && firstHolds !== undefined && parts.length === 1) return !firstHolds();
  if (name === 'Fn::And' && parts.length > 0) return each.every((part) => part());
  if (name === 'Fn::Or' && parts.length > 0) return each.some((part) => part());
  throw refused(
    place,
    `is no condition that is understood here. Make it of Fn::Equals of two values, Fn::Not of one condition, Fn::And ` +
      `and Fn::Or of some, and Condition with a name.`,
  );
}

/** CloudFormation compares texts, so that true and "true" are equal. */
function comparable(json: Json, place: Place, scope: Scope): string {
  const value = resolveValue(json, place, scope);
  return asText(value) ?? JSON.stringify(value ?? null);
}
