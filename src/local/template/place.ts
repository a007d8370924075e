import { LocalStackError } from '../../errors.ts';

/** Where in the template something stands, and through which names it was reached. */
export interface Place {
  /** Dotted from the top of the template: `Resources.Shop.Properties.TableName`. */
  readonly path: string;
  /** The parameters, conditions and resources that are being resolved, the outermost first. */
  readonly through: readonly string[];
}

export const placeAt = (path: string): Place => ({ path, through: [] });

export const inside = (place: Place, key: string | number): Place => ({
  ...place,
  path: `${place.path}.${key}`,
});

/**
 * The place at which what `name` stands for is defined.
 * @throws LocalStackError if resolving `name` has led back to it
 */
export function following(place: Place, name: string, path: string): Place {
  const through = [...place.through, name];
  if (!place.through.includes(name)) return { path, through };
  const cycle = through.slice(through.indexOf(name)).join(' -> ');
  throw refused(place, `refers to itself (${cycle}). Break the circle, for example with a literal name.`);
}

/** What to throw for something in a template. The message reads on from the place: what is wrong, and what to do. */
export const refused = (place: Place, message: string): LocalStackError =>
  new LocalStackError(`${place.path} ${message}`);
