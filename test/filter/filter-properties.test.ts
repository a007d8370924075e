import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.ts';
import { compileFilterCriteria } from '../../src/filter/compile-filter-criteria.ts';
import { compileFilterPattern } from '../../src/filter/compile-filter-pattern.ts';
import { parseFilterPattern } from '../../src/filter/parse-filter-pattern.ts';
import {
  arbitraryLeaf,
  arbitraryPattern,
  arbitraryRecord,
  arbitraryTests,
  reversed,
} from './arbitrary-pattern.ts';

const filterOf = (pattern: unknown) => compileFilterPattern(parseFilterPattern(JSON.stringify(pattern)));

const runs = { numRuns: 2_000 };

describe('every filter pattern', () => {
  it('gives an answer for every record', () => {
    const answers = { true: 0, false: 0 };
    fc.assert(
      fc.property(arbitraryPattern, arbitraryRecord, (pattern, record) => {
        const answer = filterOf(pattern)(record);
        answers[`${answer}`] += 1;
        expect(typeof answer).toBe('boolean');
      }),
      runs,
    );
    // The other properties say little if all answers are the same.
    expect(Math.min(answers.true, answers.false)).toBeGreaterThan(runs.numRuns / 20);
  });

  it('with anything-but is the negation of equals, on a leaf that is there', () => {
    const literals = fc.oneof(
      fc.array(fc.constantFrom('', 'x', '1'), { minLength: 1 }),
      fc.array(fc.constantFrom(0, 1, 300), { minLength: 1 }),
    );
    fc.assert(
      fc.property(literals, arbitraryLeaf, (values, leaf) => {
        const equals = filterOf({ a: values })({ a: leaf });
        expect(filterOf({ a: [{ 'anything-but': values }] })({ a: leaf })).toBe(!equals);
      }),
      runs,
    );
  });

  it('with exists false is the negation of exists true', () => {
    const places = [
      (test: unknown) => ({ a: test }),
      (test: unknown) => ({ a: { a: test } }),
      (test: unknown) => ({ ['__proto__']: { a: test } }),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...places), arbitraryRecord, (at, record) => {
        const isThere = filterOf(at([{ exists: true }]))(record);
        expect(filterOf(at([{ exists: false }]))(record)).toBe(!isThere);
      }),
      runs,
    );
  });

  it('with $or matches what one of the alternatives matches', () => {
    fc.assert(
      fc.property(arbitraryPattern, arbitraryPattern, arbitraryRecord, (one, other, record) => {
        const either = filterOf(one)(record) || filterOf(other)(record);
        expect(filterOf({ $or: [one, other] })(record)).toBe(either);
      }),
      runs,
    );
  });

  it('with several keys matches what each of them matches', () => {
    fc.assert(
      fc.property(arbitraryPattern, arbitraryRecord, (pattern, record) => {
        const each = Object.entries(pattern).every(([key, value]) =>
          filterOf(Object.fromEntries([[key, value]]))(record),
        );
        expect(filterOf(pattern)(record)).toBe(each);
      }),
      runs,
    );
  });

  it('with several values matches what one of them matches', () => {
    fc.assert(
      fc.property(
        arbitraryTests,
        fc.oneof(
          arbitraryLeaf.map((a) => ({ a })),
          arbitraryRecord,
        ),
        (tests, record) => {
          const one = tests.some((test) => filterOf({ a: [test] })(record));
          expect(filterOf({ a: tests })(record)).toBe(one);
        },
      ),
      runs,
    );
  });

  it('is not narrowed by one more value', () => {
    fc.assert(
      fc.property(arbitraryTests, arbitraryLeaf, arbitraryRecord, (tests, literal, record) => {
        const before = filterOf({ a: { a: tests } })(record);
        const after = filterOf({ a: { a: [...tests, literal] } })(record);
        expect(after || !before).toBe(true);
      }),
      runs,
    );
  });

  it('means the same in every order of its keys', () => {
    fc.assert(
      fc.property(arbitraryPattern, arbitraryRecord, (pattern, record) => {
        expect(filterOf(reversed(pattern))(record)).toBe(filterOf(pattern)(record));
      }),
      runs,
    );
  });

  it('asks a record as its JSON is read again', () => {
    fc.assert(
      fc.property(arbitraryPattern, arbitraryRecord, (pattern, record) => {
        const sent = JSON.parse(JSON.stringify(record)) as unknown;
        expect(filterOf(pattern)(sent)).toBe(filterOf(pattern)(record));
      }),
      runs,
    );
  });
});

describe('every list of filters', () => {
  it('lets through what one of them matches', () => {
    const lists = fc.array(arbitraryPattern, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lists, arbitraryRecord, (patterns, record) => {
        const passes = compileFilterCriteria({
          Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })),
        });
        expect(passes(record)).toBe(patterns.some((pattern) => filterOf(pattern)(record)));
      }),
      runs,
    );
  });
});

/** Anything near a pattern: JSON with the words of patterns in it. */
const { json: nearPattern } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom('=', '>', '<', 'x', 0, 1, 1e99, true, false, null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        '$or',
        'a',
        'numeric',
        'exists',
        'anything-but',
        'prefix',
        'equals-ignore-case',
        '__proto__',
      ),
      tie('json'),
      { maxKeys: 2 },
    ),
  ),
}));

describe('what is no pattern', () => {
  it.each([
    ['JSON', fc.json()],
    ['text', fc.string({ unit: 'binary' })],
    ['JSON with the words of patterns', nearPattern.map((json) => JSON.stringify(json))],
    [
      'a pattern with something in the place of a value',
      nearPattern.map((json) => JSON.stringify({ a: [json] })),
    ],
  ])('is refused, or is one: %s', (_, texts) => {
    fc.assert(
      fc.property(texts, arbitraryRecord, (text, record) => {
        try {
          compileFilterPattern(parseFilterPattern(text))(record);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOptionError);
          expect((error as Error).message).toMatch(/^Invalid filter pattern definition\. .+\.$/);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
