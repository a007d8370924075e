import { isObject } from '../../stream/record.ts';

/** A text of texts and of what only CloudFormation knows. */
export const joined = (...parts: readonly unknown[]): unknown =>
  parts.every((part) => typeof part === 'string') ? parts.join('') : { 'Fn::Join': ['', parts] };

/**
 * A value as JSON, of which parts are known to CloudFormation only: names, ARNs and URLs, in which nothing needs to be
 * escaped. Not `Fn::Sub`: the labels of a dashboard hold `${...}` of their own.
 */
export const joinedJson = (value: unknown): unknown => joined(...merged(pieces(value)));

function pieces(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return ['[', ...separated(value.map(pieces)), ']'];
  if (!isObject(value)) return [JSON.stringify(value)];
  if (isIntrinsic(value)) return ['"', ...textPieces(value), '"'];
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const parts = entries.map(([name, one]) => [`${JSON.stringify(name)}:`, ...pieces(one)]);
  return ['{', ...separated(parts), '}'];
}

const isIntrinsic = (value: Readonly<Record<string, unknown>>): boolean => {
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'));
};

/** Within the quotation marks of a JSON text. */
function textPieces(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return [JSON.stringify(value).slice(1, -1)];
  const join = isObject(value) ? value['Fn::Join'] : undefined;
  const [delimiter, parts] = Array.isArray(join) ? (join as readonly unknown[]) : [];
  return delimiter === '' && Array.isArray(parts) ? parts.flatMap(textPieces) : [value];
}

const separated = (lists: readonly (readonly unknown[])[]): readonly unknown[] =>
  lists.flatMap((list, index) => (index === 0 ? list : [',', ...list]));

/** Texts side by side are one. */
const merged = (all: readonly unknown[]): readonly unknown[] =>
  all.reduce<readonly unknown[]>((done, piece) => {
    const last = done.at(-1);
    return typeof last === 'string' && typeof piece === 'string'
      ? [...done.slice(0, -1), last + piece]
      : [...done, piece];
  }, []);
