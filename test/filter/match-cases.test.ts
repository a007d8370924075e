import { describe, expect, it } from 'vitest';
import { compileFilterPattern } from '../../src/filter/compile-filter-pattern.ts';
import { parseFilterPattern } from '../../src/filter/parse-filter-pattern.ts';
import { matchCases } from './match-cases.ts';

describe('a filter pattern', () => {
  it.each(matchCases)('$it ($source)', ({ pattern, record, matches }) => {
    const text = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
    expect(compileFilterPattern(parseFilterPattern(text))(record)).toBe(matches);
  });

  it('has no case twice', () => {
    expect(new Set(matchCases.map((one) => one.it)).size).toBe(matchCases.length);
  });

  it('does not change the record it is asked about', () => {
    const record = Object.freeze({ a: Object.freeze(['x', Object.freeze({ b: 'y' })]) });
    expect(compileFilterPattern(parseFilterPattern('{"a":{"b":["y"]}}'))(record)).toBe(true);
  });
});
