import fc from 'fast-check';

/** Few keys and values, so that patterns and records meet; one that every object has. */
const key = fc.constantFrom('a', '__proto__');
const word = fc.constantFrom('', 'x', 'X', 'xy', '1');
const number = fc.constantFrom(0, 1, 2.5, 300);

/** A leaf of a record. */
export const arbitraryLeaf: fc.Arbitrary<unknown> = fc.oneof(word, number, fc.boolean(), fc.constant(null));

/** Not by assignment, which for `__proto__` would change what the object inherits. */
const fromMembers = (members: readonly (readonly [string, unknown])[]): object => Object.fromEntries(members);

/** An object whose keys are its own, `__proto__` too. */
const recordOfDepth = (depth: number): fc.Arbitrary<object> => {
  const deeper = depth > 0 ? [recordOfDepth(depth - 1)] : [];
  const one = fc.oneof(arbitraryLeaf, ...deeper);
  const value = fc.oneof({ arbitrary: one, weight: 3 }, fc.array(one, { maxLength: 3 }));
  return fc
    .dictionary(key, value, { size: 'max', maxKeys: 2 })
    .map((members) => fromMembers(Object.entries(members)));
};

export const arbitraryRecord = recordOfDepth(3);

const affix = (operator: string) => word.map((value) => ({ [operator]: value }));

export const arbitraryTest: fc.Arbitrary<unknown> = fc.oneof(
  arbitraryLeaf,
  affix('prefix'),
  affix('suffix'),
  affix('equals-ignore-case'),
  fc.boolean().map((exists) => ({ exists })),
  fc.oneof(word, number).map((value) => ({ 'anything-but': value })),
  fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), number).map((comparison) => ({ numeric: comparison })),
  fc.constant({ numeric: ['>', 0, '<=', 300] }),
);

export const arbitraryTests = fc.array(arbitraryTest, { minLength: 1, maxLength: 4, size: 'max' });

/** Patterns that are allowed, no deeper than this: their text must not become too long. */
const patternOfDepth = (depth: number): fc.Arbitrary<object> => {
  const deeper = depth > 0 ? patternOfDepth(depth - 1) : undefined;
  const field = deeper ? fc.oneof({ arbitrary: arbitraryTests, weight: 3 }, deeper) : arbitraryTests;
  const none = { arbitrary: fc.constant(null), weight: 3 };
  const or = deeper ? fc.oneof(none, fc.array(deeper, { minLength: 2, maxLength: 2 })) : fc.constant(null);
  return fc
    .tuple(fc.dictionary(key, field, { minKeys: 1, maxKeys: 2 }), or)
    .map(([fields, either]) =>
      fromMembers([...Object.entries(fields), ...(either ? [['$or', either] as const] : [])]),
    );
};

export const arbitraryPattern = patternOfDepth(2);

/** The same pattern with the members of its objects in another order. Operators have one member, and stay. */
export function reversed(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(reversed);
  if (typeof json !== 'object' || json === null) return json;
  const members = Object.entries(json).map(([name, value]) => [name, reversed(value)] as const);
  return fromMembers(members.toReversed());
}
