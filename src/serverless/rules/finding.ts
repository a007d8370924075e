import type { ServiceModel } from './service-model.ts';

/** An `error` is not deployed; a `warning` is, and should not be; a `note` is worth knowing. */
export type FindingLevel = 'error' | 'warning' | 'note';

/** What a rule has against a service. Holds no attribute values. */
export interface Finding {
  readonly level: FindingLevel;
  /** The name of the rule, in kebab-case. */
  readonly rule: string;
  readonly file: string;
  /** The function's name. */
  readonly function: string;
  /** What is wrong, and what comes of it. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
}

export type Rule = (service: ServiceModel) => readonly Finding[];

/** Where a finding is, of a function of the service. */
export const placeOf = ({ name, file }: { readonly name: string; readonly file: string }) => ({
  file,
  function: name,
});

/** `"a"`, `"a" and "b"`, `"a", "b" and "c"`. */
export function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  const last = quoted.at(-1) ?? '';
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} and ${last}`;
}
