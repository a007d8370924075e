import { isObject } from '../../stream/record.ts';
import type { ResourceConfig } from '../framework.ts';

export type Resources = Readonly<Record<string, ResourceConfig>>;

/** The logical ID in `Ref`, or in `Fn::GetAtt` in either of its forms, and the attribute. */
export function referenceIn(
  value: unknown,
): { readonly logicalId: string; readonly attribute: string | undefined } | undefined {
  if (!isObject(value)) return undefined;
  const { Ref: reference, 'Fn::GetAtt': getAtt } = value;
  if (typeof reference === 'string') return { logicalId: reference, attribute: undefined };
  const parts: readonly unknown[] =
    typeof getAtt === 'string' ? getAtt.split('.') : Array.isArray(getAtt) ? getAtt : [];
  const [logicalId, attribute] = parts;
  return typeof logicalId === 'string' && typeof attribute === 'string'
    ? { logicalId, attribute }
    : undefined;
}

export const getAttribute = (logicalId: string, attribute: string) => ({
  'Fn::GetAtt': [logicalId, attribute],
});

/** What a text says, an object as JSON: the same for the same thing. */
export const idOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
