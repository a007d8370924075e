import { NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';

/** Any text, lone surrogates and U+FFFF included. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.constantFrom(0, 0xd800, 0xdfff, 0xfffe, 0xffff),
    ),
    { maxLength: 12 },
  )
  .map((units) => String.fromCharCode(...units));

/**
 * Any text that may name a member of an object in JSON. A name that ends in a backslash may not: after one, `JSON.parse`
 * of Node 24 takes other escaped names for it (https://github.com/nodejs/node/issues/63785).
 */
export const anyName = anyText.filter((text) => !text.endsWith('\\'));

/** `marshall` itself loses `__proto__` and trips over `constructor`, so those names have tests of their own. */
const attributeName = fc
  .oneof(
    anyName,
    fc.constantFrom('toString', 'hasOwnProperty', 'S', 'N', 'SS', 'M', 'length', '0', '', 'then'),
  )
  .filter((name) => name !== '__proto__' && name !== 'constructor');

const fraction = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !Number.isInteger(value) && Math.abs(value) >= 1e-130);
const large = fc
  .bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })
  .filter((value) => !Number.isSafeInteger(Number(value)));
/** A fraction of 30 digits, which no double holds. */
const long = fc
  .tuple(fc.bigInt({ min: 10n ** 28n, max: 10n ** 29n - 1n }), fc.integer({ min: 1, max: 9 }))
  .map(([whole, last]) => NumberValue.from(`${whole % 10n ** 10n}.${whole}${last}`));
const bytes = fc.uint8Array({ maxLength: 12 });
const anyNumber = fc.oneof(fc.maxSafeInteger(), fraction, large, long);

const scalar = fc.oneof(anyText, anyNumber, fc.boolean(), fc.constant(null), bytes);

const setOf = <Element>(
  element: fc.Arbitrary<Element>,
  identity: (element: Element) => unknown,
): fc.Arbitrary<Set<Element>> =>
  fc
    .uniqueArray(element, { minLength: 1, maxLength: 4, selector: identity })
    .map((elements) => new Set(elements));

const anySet: fc.Arbitrary<unknown> = fc.oneof(
  setOf(anyText, String),
  setOf<unknown>(fc.maxSafeInteger(), String),
  setOf<unknown>(large, String),
  setOf<unknown>(long, String),
  setOf(bytes, (element) => Buffer.from(element).toString('hex')),
);

const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    anySet,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(attributeName, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** Any item, in the values that a handler would see, as `marshall` takes them. */
export const anyItem: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(attributeName, value, {
  maxKeys: 6,
  noNullPrototype: true,
});
