import { InvalidOptionError } from '../errors.ts';
import { isObject } from '../stream/record.ts';

/** @throws InvalidOptionError for an option that there is not: a slip of the pen would else change what is meant. */
export function checkNames(owner: string, options: unknown, names: readonly string[]): void {
  if (!isObject(options))
    throw new InvalidOptionError(`${owner}: the options must be an object, got ${shown(options)}`);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidOptionError(`${owner}: "${unknown}" is not an option; there are ${names.join(', ')}`);
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

const bounds: Readonly<Record<string, Bounds>> = {
  attempts: { least: 1, most: 100, whole: true },
  baseDelayMs: { least: 0, most: 900_000, whole: false },
  maxDelayMs: { least: 0, most: 900_000, whole: false },
};

/** @throws InvalidOptionError that names the option, what was given and what is allowed. */
export function checkRetry(owner: string, retry: unknown): void {
  if (retry === undefined) return;
  if (!isObject(retry))
    throw new InvalidOptionError(`${owner}: "retry" must be an object, got a value of type ${typeof retry}`);
  for (const [name, value] of Object.entries(retry)) {
    const bound = Object.hasOwn(bounds, name) ? bounds[name] : undefined;
    if (bound === undefined)
      throw new InvalidOptionError(
        `${owner}: "retry.${name}" is not an option; there are ${Object.keys(bounds).join(', ')}`,
      );
    checkNumber(`${owner}: "retry.${name}"`, value, bound);
  }
}

/** An option's value as it can be told of in a message. */
export const shown = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? JSON.stringify(value)
    : `a value of type ${value === null ? 'null' : typeof value}`;

/** @throws InvalidOptionError unless the value is a number within bounds, both included, or undefined. */
export function checkNumber(option: string, value: unknown, { least, most, whole }: Bounds): void {
  if (value === undefined) return;
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)))
    return;
  throw new InvalidOptionError(
    `${option} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, got ${shown(value)}`,
  );
}
