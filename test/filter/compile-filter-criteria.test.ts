import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.ts';
import type { FilterCriteria } from '../../src/filter/compile-filter-criteria.ts';
import { compileFilterCriteria } from '../../src/filter/compile-filter-criteria.ts';

const inserts = { Pattern: '{"eventName":["INSERT"]}' };
const removals = { Pattern: '{"eventName":["REMOVE"]}' };
const many = (count: number): FilterCriteria => ({ Filters: Array.from({ length: count }, () => inserts) });

/** What plain JavaScript can hand over. */
const untyped = (value: unknown) => value as FilterCriteria;

describe('filter criteria', () => {
  it.each([undefined, {}, { Filters: [] }, { Filters: undefined }])(
    'that are %j let all pass',
    (criteria) => {
      const passes = compileFilterCriteria(criteria);
      expect([{ eventName: 'INSERT' }, {}, null].map(passes)).toEqual([true, true, true]);
    },
  );

  it('let a record pass that matches one of the filters', () => {
    const passes = compileFilterCriteria({ Filters: [inserts, removals] });
    const names = ['INSERT', 'MODIFY', 'REMOVE'];
    expect(names.filter((eventName) => passes({ eventName }))).toEqual(['INSERT', 'REMOVE']);
  });

  it('have five filters at most, a quota that can be raised', () => {
    expect(compileFilterCriteria(many(5))({ eventName: 'INSERT' })).toBe(true);
    expect(() => compileFilterCriteria(many(6))).toThrow(
      new InvalidOptionError(
        'FilterCriteria has 6 filters; allowed are 5. AWS raises its quota to 10 on request, and only then ' +
          'are there more. Write fewer filters, with several values in an array or with $or.',
      ),
    );
  });

  it('have ten filters at most where the quota was raised', () => {
    expect(compileFilterCriteria(many(10), { filtersAtMost: 10 })({ eventName: 'INSERT' })).toBe(true);
    expect(() => compileFilterCriteria(many(11), { filtersAtMost: 10 })).toThrow(
      'FilterCriteria has 11 filters; allowed are 10. AWS grants 10 at most; write fewer filters',
    );
  });

  it.each([0, 11, 5.5, NaN])('refuse a quota of %d', (filtersAtMost) => {
    expect(() => compileFilterCriteria(undefined, { filtersAtMost })).toThrow(
      `filtersAtMost is ${filtersAtMost}; allowed is a whole number from 1 to 10`,
    );
  });

  it('say which filter is wrong', () => {
    expect(() => compileFilterCriteria({ Filters: [inserts, { Pattern: '{"a":[]}' }] })).toThrow(
      'Invalid filter pattern definition. In filter 2, at a: the array of values must not be empty.',
    );
  });

  it.each([{}, { Pattern: undefined }, { Pattern: null }, null, '{"a":["x"]}'])(
    'refuse %j for a filter',
    (filter) => {
      expect(() => compileFilterCriteria(untyped({ Filters: [filter] }))).toThrow(
        'Invalid filter pattern definition. In filter 1: the filter must have a Pattern, a string.',
      );
    },
  );

  it.each([null, [], 'x', { Filters: {} }, { Filters: '{"a":["x"]}' }])('refuse to be %j', (criteria) => {
    expect(() => compileFilterCriteria(untyped(criteria))).toThrow(
      new InvalidOptionError('FilterCriteria must be { Filters: [{ Pattern: "JSON text" }, ...] }.'),
    );
  });
});
