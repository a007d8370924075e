import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWidths } from '../../../src/cli/dlq/fit-widths.ts';

describe('the widths of a table', () => {
  it('are as the cells need where there is room', () => {
    expect(fitWidths([3, 20, 12], 80, 2)).toEqual([5, 22, 14]);
    expect(fitWidths([3, 20, 12], Infinity, 2)).toEqual([5, 22, 14]);
  });

  it('are cut at the widest columns first, and an id is whole', () => {
    expect(fitWidths([3, 40, 30, 12], 70, 3)).toEqual([5, 23, 23, 14]);
  });

  it('are cut everywhere where there is no id', () => {
    expect(fitWidths([3, 90], 60, -1)).toEqual([5, 52]);
  });

  it('are none where too little would be left of the cells', () => {
    expect(fitWidths([20, 20, 20, 20, 20, 20, 12], 60, 6)).toBeUndefined();
  });

  it('always fit', () => {
    const widths = fc.array(fc.nat(120), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(widths, fc.integer({ min: 20, max: 200 }), (natural, columns) => {
        const fitted = fitWidths(natural, columns, 0);
        if (fitted === undefined) return;
        expect(fitted.reduce((sum, width) => sum + width + 1, 1)).toBeLessThanOrEqual(columns);
        expect(fitted[0]).toBe((natural[0] ?? 0) + 2);
      }),
    );
  });
});
