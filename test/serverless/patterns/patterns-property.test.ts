import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilterCriteria } from '../../../src/filter/compile-filter-criteria.ts';
import { matches } from '../../../src/routing/match.ts';
import { patternsFor } from '../../../src/serverless/patterns/patterns-for.ts';
import { readRecord } from '../../../src/stream/read-record.ts';
import type { RawRecord } from '../../../src/stream/record.ts';
import type { Situation } from './arbitrary-routes.ts';
import { arbitrarySituation } from './arbitrary-routes.ts';

/** As Lambda would be given them, by way of JSON. */
const filterOf = (patterns: readonly object[]) => {
  const filter = compileFilterCriteria({
    Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })),
  });
  return (record: RawRecord) => filter(JSON.parse(JSON.stringify(record)));
};

const isAccepted = ({ routed }: Situation, record: RawRecord): boolean =>
  routed.some((one) => matches(one, readRecord(record)));

/** How often either answer came: a property says little if it is always the same. */
const tally = () => ({ accepted: 0, held: 0 });

describe('what a route accepts', () => {
  it.each(['as it is written', 'of a known table'])('passes the patterns, %s', (what) => {
    const seen = tally();
    fc.assert(
      fc.property(arbitrarySituation, (situation) => {
        const { routes, view, keys } = situation;
        const passes = filterOf(
          patternsFor(routes, what === 'of a known table' ? { view, keys } : {}).patterns,
        );
        for (const record of situation.records) {
          if (isAccepted(situation, record)) {
            seen.accepted += 1;
            expect(passes(record)).toBe(true);
          } else if (!passes(record)) seen.held += 1;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.accepted, seen.held)).toBeGreaterThan(1_000);
  });

  it('passes the patterns, however few and short they must be', () => {
    const limits = fc.record({
      mostPatterns: fc.integer({ min: 1, max: 5 }),
      longestPattern: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 100, max: 4_096 })),
      knows: fc.boolean(),
    });
    const seen = { ...tally(), widened: 0 };
    fc.assert(
      fc.property(arbitrarySituation, limits, (situation, { knows, ...limit }) => {
        const { view, keys } = situation;
        const { patterns, notes } = patternsFor(situation.routes, { ...limit, ...(knows && { view, keys }) });
        expect(patterns.length).toBeLessThanOrEqual(limit.mostPatterns);
        for (const pattern of patterns)
          expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(limit.longestPattern);
        if (notes.some(({ about }) => about === 'limits')) seen.widened += 1;
        const passes = filterOf(patterns);
        for (const record of situation.records) {
          if (isAccepted(situation, record)) {
            seen.accepted += 1;
            expect(passes(record)).toBe(true);
          } else if (!passes(record)) seen.held += 1;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.accepted, seen.held, seen.widened)).toBeGreaterThan(300);
  });

  it('is all that passes the patterns of a known table, if there is no note', () => {
    const seen = tally();
    fc.assert(
      fc.property(arbitrarySituation, (situation) => {
        const { routes, view, keys } = situation;
        const { patterns, notes } = patternsFor(routes, { view, keys });
        fc.pre(notes.length === 0);
        const passes = filterOf(patterns);
        for (const record of situation.records) {
          const accepted = isAccepted(situation, record);
          seen[accepted ? 'accepted' : 'held'] += 1;
          expect(passes(record)).toBe(accepted);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(seen.accepted, seen.held)).toBeGreaterThan(300);
  });
});

describe('patterns', () => {
  it('are the same in whatever order routes are declared', () => {
    fc.assert(
      fc.property(arbitrarySituation, fc.integer({ min: 100, max: 1_000 }), ({ routes }, longestPattern) => {
        const options = { mostPatterns: 2, longestPattern };
        const textOf = (some: typeof routes) => JSON.stringify(patternsFor(some, options).patterns);
        expect(textOf(routes.toReversed())).toBe(textOf(routes));
      }),
      { numRuns: 500 },
    );
  });
});
