import { InvalidOptionError } from '../errors.ts';

/** Where in the criteria something is: which filter, counted from 1 (none for a pattern by itself), and which keys. */
export interface PatternPlace {
  readonly member: number | undefined;
  /** Keys, and positions in arrays as `[0]`. */
  readonly path: readonly string[];
}

export const below = (place: PatternPlace, ...steps: readonly string[]): PatternPlace => ({
  ...place,
  path: [...place.path, ...steps],
});

/** The error begins with the words of AWS. Literals of a pattern may be values of items, so `what` must not quote them. */
export function refusePattern({ member, path }: PatternPlace, what: string): never {
  const places = [
    ...(member === undefined ? [] : [`in filter ${member}`]),
    ...(path.length === 0 ? [] : [`at ${written(path)}`]),
  ];
  const place = places.length === 0 ? '' : `${sentence(places.join(', '))}: `;
  throw new InvalidOptionError(
    `Invalid filter pattern definition. ${place}${place ? what : sentence(what)}.`,
  );
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `dynamodb.NewImage["my attribute"].S[0]` */
const written = (path: readonly string[]): string =>
  path
    .map((step) => (isPosition.test(step) ? step : asKey(step)))
    .join('')
    .replace(/^\./, '');

const isPosition = /^\[\d+\]$/;

const asKey = (key: string): string => (/^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);
