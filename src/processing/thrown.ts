/** Anything can be thrown: these read what was, whatever it is, and never throw themselves. */

const longestChain = 10;

/** A property of anything; `undefined` if there is none or its getter throws. */
export function property(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return (value as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}

/** `instanceof` for what may be a proxy that throws. */
export function isA<Instance>(
  value: unknown,
  Class: abstract new (...parameters: never) => Instance,
): value is Instance {
  try {
    return value instanceof Class;
  } catch {
    return false;
  }
}

/** What was thrown, then its cause, then that one's cause; ends on a circle and after ten. */
export function* chainOf(thrown: unknown): Generator {
  const seen = new Set<unknown>();
  for (
    let link = thrown;
    link !== undefined && !seen.has(link) && seen.size < longestChain;
    link = property(link, 'cause')
  ) {
    seen.add(link);
    yield link;
  }
}

/** What can be said of a thrown thing as text. May hold data: for letters, not for logs. */
export interface ThrownDescription {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export function describeThrown(thrown: unknown): ThrownDescription {
  const name = textOf(property(thrown, 'name'));
  const message = textOf(property(thrown, 'message'));
  if (isObjectLike(thrown))
    return {
      name: name ?? 'Error',
      message: message ?? 'an object without a message was thrown',
      stack: textOf(property(thrown, 'stack')) ?? '',
    };
  return { name: 'Error', message: `${typeof thrown} thrown: ${String(thrown)}`, stack: '' };
}

/** The class of what was thrown, as its name: safe for logs. What is no error may be data, and so may its name. */
export const safeNameOf = (thrown: unknown): string =>
  isA(thrown, Error) ? safeName(describeThrown(thrown).name) : 'Error';

/** A name if it looks like one. */
export const safeName = (name: string): string => (/^[\w.$-]{1,64}$/.test(name) ? name : 'Error');

const isObjectLike = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
