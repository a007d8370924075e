import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenAt } from '../../../src/local/template/broken-json.ts';

describe('the place at which a text stops being JSON', () => {
  it.each([
    ['{"a": }', 6],
    ['{"a": 1,}', 8],
    ['[1, 2,]', 6],
    ['[1 2]', 3],
    ['[,]', 1],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['{1: 1}', 1],
    ["['a']", 1],
    ['[1}', 2],
    ['{"a": 1]', 7],
    ['{"a": "b\nc"}', 6],
    ['{"a": "\\x"}', 6],
    ['[nul]', 1],
    ['[truex]', 5],
    ['[01]', 2],
    ['1,', 1],
    ['[] []', 3],
    ['', 0],
    ['{"a": [', 7],
    ['{"a": 1 ', 8],
    ['{"a": 1 // why\n}', 8],
  ])('is found in %j', (text, index) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(brokenAt(text)).toBe(index);
  });

  it('is never within what is JSON, and right behind it where it goes on', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(brokenAt(text)).toBe(text.length);
        expect(brokenAt(`${text}?`)).toBe(text.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is where the part before it could still become JSON', () => {
    const tokens = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"\u007f"', '-1.5E+2', 'true', '?');
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 8 }), (soup) => {
        const text = soup.join(' ');
        const index = brokenAt(text);
        if (index < text.length) expect(() => JSON.parse(text) as unknown).toThrow();
        const before = text.slice(0, index);
        expect(brokenAt(before)).toBe(before.length);
      }),
      { numRuns: 5_000 },
    );
  });
});
