import type { RouteDescription } from '../../routing/describe-routes.ts';
import { translatePattern } from './attribute-pattern.ts';

/** What a filter pattern cannot say, so that records reach the function which no route is for. */
export type PatternNote =
  | {
      readonly about: 'where';
      readonly route: string;
      readonly attribute: string;
      /** What passes although the route is not for it. Holds no attribute values. */
      readonly passesToo: string;
    }
  /** Only the function can tell what has changed, or what `when` says. */
  | { readonly about: 'changed' | 'when'; readonly route: string }
  /** The patterns were too many, or too long, so some conditions of `where` were left out. */
  | { readonly about: 'limits' };

export function notesOn({ name: route, where, options }: RouteDescription): readonly PatternNote[] {
  return [
    ...Object.keys(where).flatMap((attribute) => noteOn(route, attribute, where)),
    ...(options.changed === undefined ? [] : [{ about: 'changed', route } as const]),
    ...(options.when ? [{ about: 'when', route } as const] : []),
  ];
}

function noteOn(route: string, attribute: string, where: RouteDescription['where']): readonly PatternNote[] {
  const asked = where[attribute];
  if (asked === undefined) return [];
  const passesToo =
    attribute === '$or'
      ? 'every value, for in a pattern the name $or is an operator'
      : translatePattern(asked).passesToo;
  return passesToo === undefined ? [] : [{ about: 'where', route, attribute, passesToo }];
}
