import { describe, expect, it } from 'vitest';
import { compileFilterCriteria } from '../../../src/filter/compile-filter-criteria.ts';
import type { RouteDescription } from '../../../src/routing/describe-routes.ts';
import { describeRoutes } from '../../../src/routing/describe-routes.ts';
import { anyItem, entity } from '../../../src/routing/entity.ts';
import type { AnyRouter } from '../../../src/routing/router.ts';
import { createRouter } from '../../../src/routing/router.ts';
import type { Pattern, Where } from '../../../src/routing/where.ts';
import { absent, endsWith, exists, not, oneOf, startsWith } from '../../../src/routing/where.ts';
import { patternsFor, routesOfTable } from '../../../src/serverless/patterns/patterns-for.ts';

const nothing = () => undefined;
const thing = (where: Where) => entity('Thing', { where });
const routesOf = (...routers: readonly AnyRouter[]): readonly RouteDescription[] =>
  describeRoutes(routers.map((router) => router.close()));
const inserts = (where: Where) => routesOf(createRouter().onInsert('made', thing(where), nothing));
const onA = (typed: unknown) => [{ eventName: ['INSERT'], dynamodb: { NewImage: { a: typed } } }];
const isAbsent = [{ exists: false }];

const absentA = {
  ...{ S: isAbsent, N: isAbsent, B: isAbsent, SS: isAbsent, NS: isAbsent, BS: isAbsent },
  ...{ BOOL: isAbsent, NULL: isAbsent },
};

interface MatcherCase {
  readonly it: string;
  readonly where: Pattern;
  /** Undefined: nothing is asked of the attribute. */
  readonly typed: unknown;
  /** What does not match, and must be held back. */
  readonly held: readonly object[];
  readonly isNoted?: boolean;
}

// prettier-ignore
const matcherCases: readonly MatcherCase[] = [
  { it: 'a string', where: 'paid', typed: { S: ['paid'] }, held: [{ S: 'open' }, { N: '1' }, { SS: ['paid'] }] },
  { it: 'the empty string', where: '', typed: { S: [''] }, held: [{ S: 'x' }] },
  { it: 'a whole number', where: 300, typed: { N: ['300'] }, held: [{ N: '3' }, { S: '300' }, { NS: ['300'] }] },
  { it: 'minus zero', where: -0, typed: { N: ['0'] }, held: [{ N: '1' }] },
  { it: 'a fraction', where: -0.25, typed: { N: ['-0.25'] }, held: [{ N: '0.25' }] },
  { it: 'a bigint', where: 9_007_199_254_740_993n, typed: { N: ['9007199254740993'] }, held: [{ N: '9007199254740992' }] },
  { it: 'a number with an exponent', where: 1e-7, typed: { N: [{ exists: true }] }, held: [{ S: '1e-7' }], isNoted: true },
  { it: 'a number beyond 21 digits', where: 10n ** 30n, typed: { N: [{ exists: true }] }, held: [{ S: 'x' }], isNoted: true },
  { it: 'true', where: true, typed: { BOOL: [true] }, held: [{ BOOL: false }, { S: 'true' }] },
  { it: 'null', where: null, typed: { NULL: [true] }, held: [{ S: 'null' }] },
  { it: 'one of some strings', where: oneOf('b', 'a', 'b'), typed: { S: ['a', 'b'] }, held: [{ S: 'c' }] },
  { it: 'one of several types', where: oneOf('x', 5, null), typed: { $or: [{ S: ['x'] }, { N: ['5'] }, { NULL: [true] }] }, held: [{ S: '5' }, { BOOL: true }] },
  { it: 'a beginning', where: startsWith('ORDER#'), typed: { S: [{ prefix: 'ORDER#' }] }, held: [{ S: 'CART#1' }, { N: '1' }] },
  { it: 'half a character as a beginning', where: startsWith('\ud83d'), typed: { S: [{ exists: true }] }, held: [{ N: '1' }], isNoted: true },
  { it: 'an end', where: endsWith('#X'), typed: { S: [{ suffix: '#X' }] }, held: [{ S: '#Y' }] },
  { it: 'exists', where: exists(), typed: undefined, held: [], isNoted: true },
  { it: 'absent', where: absent(), typed: absentA, held: [{ S: '' }, { N: '0' }, { B: '' }, { BOOL: false }, { NULL: true }, { SS: ['x'] }, { NS: ['1'] }, { BS: ['QQ=='] }], isNoted: true },
  { it: 'not a string', where: not('paid'), typed: { S: [{ exists: false }, { 'anything-but': ['paid'] }] }, held: [{ S: 'paid' }] },
  { it: 'not a number', where: not(5), typed: { N: [{ exists: false }, { 'anything-but': ['5'] }] }, held: [{ N: '5' }] },
  { it: 'not a number with an exponent', where: not(1e-7), typed: undefined, held: [], isNoted: true },
  { it: 'not true', where: not(true), typed: { BOOL: [{ exists: false }, false] }, held: [{ BOOL: true }] },
  { it: 'neither true nor false', where: not(oneOf(true, false)), typed: { BOOL: [{ exists: false }] }, held: [{ BOOL: true }, { BOOL: false }] },
  { it: 'not null', where: not(null), typed: { NULL: [{ exists: false }] }, held: [{ NULL: true }] },
  { it: 'none of several types', where: not(oneOf('x', 5)), typed: { S: [{ exists: false }, { 'anything-but': ['x'] }], N: [{ exists: false }, { 'anything-but': ['5'] }] }, held: [{ S: 'x' }, { N: '5' }] },
  { it: 'not a beginning', where: not(startsWith('x')), typed: undefined, held: [], isNoted: true },
  { it: 'not exists', where: not(exists()), typed: absentA, held: [{ S: 'x' }], isNoted: true },
  { it: 'not not', where: not(not('paid')), typed: { S: ['paid'] }, held: [{ S: 'open' }] },
];

describe('the pattern of a where', () => {
  it.each(matcherCases)('on $it is as reviewed, and holds back what does not match', (one) => {
    const { patterns, notes } = patternsFor(inserts({ a: one.where }));
    expect(patterns).toEqual(one.typed === undefined ? [{ eventName: ['INSERT'] }] : onA(one.typed));
    expect(notes.map(({ about }) => about)).toEqual(one.isNoted === true ? ['where'] : []);
    const passes = filterOf(patterns);
    for (const a of one.held) {
      expect(passes({ eventName: 'INSERT', dynamodb: { NewImage: { a } } })).toBe(false);
      expect(passes({ eventName: 'REMOVE', dynamodb: { OldImage: { a } } })).toBe(false);
    }
  });

  it('names an attribute that is called like an operator, and what a note says holds no values', () => {
    const { patterns, notes } = patternsFor(inserts({ $or: 'secret', a: startsWith('secret\ud83d') }));
    expect(patterns).toEqual(onA({ S: [{ exists: true }] }));
    expect(notes).toMatchObject([{ attribute: '$or' }, { attribute: 'a' }]);
    expect(JSON.stringify(notes)).not.toContain('secret');
  });
});

const filterOf = (patterns: readonly object[]) =>
  compileFilterCriteria({ Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) });

const order = { pk: startsWith('ORDER#'), sk: 'SUMMARY' };
const orderKeys = { pk: { S: [{ prefix: 'ORDER#' }] }, sk: { S: ['SUMMARY'] } };

describe('the patterns of routes', () => {
  it('look at the new image, and of a REMOVE at the old one', () => {
    const routes = routesOf(createRouter().onChange('all', thing(order), nothing));
    expect(patternsFor(routes).patterns).toEqual([
      { eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage: orderKeys } },
      { eventName: ['REMOVE'], dynamodb: { OldImage: orderKeys } },
    ]);
  });

  it('are one for all event names where the key is known', () => {
    const routes = routesOf(createRouter().onChange('all', thing(order), nothing));
    expect(patternsFor(routes, { keys: ['pk', 'sk'] }).patterns).toEqual([{ dynamodb: { Keys: orderKeys } }]);
  });

  it.each([
    ['KEYS_ONLY', 'Keys'],
    ['NEW_IMAGE', 'Keys'],
    ['OLD_IMAGE', 'OldImage'],
  ] as const)('look at what a stream with the view %s has of a REMOVE', (view, place) => {
    const routes = routesOf(createRouter({ view }).onRemove('gone', thing(order), nothing));
    expect(patternsFor(routes, { view }).patterns).toEqual([
      { eventName: ['REMOVE'], dynamodb: { [place]: orderKeys } },
    ]);
  });

  it('reckon with every view that the router can work with, if the view is not known', () => {
    const routes = routesOf(
      createRouter({ view: 'NEW_IMAGE' }).onRemove('gone', thing({ pk: 'x' }), nothing),
    );
    expect(patternsFor(routes).patterns).toEqual([
      { eventName: ['REMOVE'], dynamodb: { Keys: { pk: { S: ['x'] } } } },
      { eventName: ['REMOVE'], dynamodb: { OldImage: { pk: { S: ['x'] } } } },
    ]);
  });

  it('tell what time to live has deleted from what somebody has', () => {
    const onRemove = (...expired: readonly boolean[]) =>
      routesOf(
        ...expired.map((one, index) =>
          createRouter().onRemove(`gone ${index}`, anyItem(), nothing, { expired: one }),
        ),
      );
    const byService = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
    const expiry = { eventName: 'REMOVE', userIdentity: byService };
    const deletion = { eventName: 'REMOVE' };
    const answers = (...expired: readonly boolean[]) => {
      const passes = filterOf(patternsFor(onRemove(...expired)).patterns);
      return [passes(expiry), passes(deletion), passes({ eventName: 'INSERT' })];
    };
    expect(answers(true)).toEqual([true, false, false]);
    expect(answers(false)).toEqual([false, true, false]);
    expect(answers(true, false)).toEqual([true, true, false]);
    expect(patternsFor(onRemove(true)).patterns).toEqual([
      { eventName: ['REMOVE'], userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] } },
    ]);
    expect(patternsFor(onRemove(true, false)).patterns).toEqual([{ eventName: ['REMOVE'] }]);
  });

  it('join values of one attribute, and drop what another route covers', () => {
    const routes = routesOf(
      createRouter()
        .onModify('shipped', thing({ status: 'shipped' }), nothing)
        .onModify('paid', thing({ status: 'paid', pk: 'x' }), nothing)
        .onModify('any paid', thing({ status: 'paid' }), nothing),
    );
    expect(patternsFor(routes).patterns).toEqual([
      { eventName: ['MODIFY'], dynamodb: { NewImage: { status: { S: ['paid', 'shipped'] } } } },
    ]);
  });

  it('are none where a route is for every record', () => {
    const routes = routesOf(
      createRouter().onInsert('a', thing(order), nothing).onChange('b', anyItem(), nothing),
    );
    expect(patternsFor(routes)).toEqual({ patterns: [], notes: [] });
    expect(patternsFor([])).toEqual({ patterns: [], notes: [] });
  });

  it('say what only the function can tell', () => {
    const router = createRouter().onModify('told', thing(order), nothing, {
      changed: ['sk'],
      when: () => true,
    });
    expect(patternsFor(routesOf(router)).notes).toEqual([
      { about: 'changed', route: 'told' },
      { about: 'when', route: 'told' },
    ]);
  });

  it('are those of the routes for one table', () => {
    const routes = routesOf(
      createRouter({ table: ['Shop', 'Archive'] }).onInsert('shop', thing({ a: 'shop' }), nothing),
      createRouter({ table: 'Stock' }).onInsert('stock', thing({ a: 'stock' }), nothing),
      createRouter().onInsert('any', thing({ a: 'any' }), nothing),
    );
    const namesFor = (table?: string) => routesOfTable(routes, table).map(({ name }) => name);
    expect(namesFor('Shop')).toEqual(['shop', 'any']);
    expect(namesFor('Stock')).toEqual(['stock', 'any']);
    expect(namesFor()).toEqual(['shop', 'stock', 'any']);
  });
});

describe('patterns that do not fit', () => {
  const kinds = (count: number, values: (index: number) => Where) =>
    routesOf(
      ...Array.from({ length: count }, (_, index) =>
        createRouter().onInsert(`route ${index}`, thing(values(index)), nothing),
      ),
    );
  const distinct = (index: number) => ({ pk: startsWith(`KIND${index}#`), [`a${index}`]: 'x' });

  it('go into one with $or, which loses nothing', () => {
    const { patterns, notes } = patternsFor(kinds(12, distinct));
    expect(notes).toEqual([]);
    expect(patterns).toHaveLength(1);
    expect(patterns).toMatchObject([{ $or: { length: 12 } }]);
  });

  it('stand alone where $or would refuse the name of an attribute', () => {
    const routes = kinds(7, (index) => ({ pk: `x${index}`, [index === 3 ? 'prefix' : `a${index}`]: 'x' }));
    const { patterns, notes } = patternsFor(routes);
    expect(notes).toEqual([]);
    expect(patterns).toHaveLength(2);
    expect(
      filterOf(patterns)({
        eventName: 'INSERT',
        dynamodb: { NewImage: { pk: { S: 'x3' }, prefix: { S: 'x' } } },
      }),
    ).toBe(true);
  });

  it('give up a long list of values before the rest, and keep what the values begin with', () => {
    const ids = Array.from({ length: 600 }, (_, index) => `ORDER#${index}`);
    const [first = '', ...others] = ids;
    const { patterns, notes } = patternsFor(inserts({ pk: oneOf(first, ...others), sk: 'SUMMARY' }));
    expect(patterns).toEqual([{ eventName: ['INSERT'], dynamodb: { NewImage: orderKeys } }]);
    expect(notes).toEqual([{ about: 'limits' }]);
  });

  it('give up "is not this" before an equality', () => {
    const { patterns } = patternsFor(inserts({ pk: 'x', deletedAt: absent() }), { longestPattern: 100 });
    expect(patterns).toEqual([{ eventName: ['INSERT'], dynamodb: { NewImage: { pk: { S: ['x'] } } } }]);
  });

  it('come down to the event name, and to nothing at last', () => {
    const routes = kinds(3, distinct);
    expect(patternsFor(routes, { mostPatterns: 1, longestPattern: 30 }).patterns).toEqual([
      { eventName: ['INSERT'] },
    ]);
    expect(patternsFor(routes, { mostPatterns: 1, longestPattern: 10 }).patterns).toEqual([]);
  });

  it('hold back most of what hundreds of routes do not want, and keep to the limits', () => {
    const routes = kinds(400, (index) => ({
      pk: startsWith(`KIND${index}#`),
      [`attribute${index}`]: `value ${index}`,
    }));
    const { patterns, notes } = patternsFor(routes);
    expect(notes).toEqual([{ about: 'limits' }]);
    const passes = filterOf(patterns);
    const image = (pk: string) => ({ eventName: 'INSERT', dynamodb: { NewImage: { pk: { S: pk } } } });
    expect(passes(image('OTHER#1'))).toBe(false);
    expect(passes({ ...image('KIND1#1'), eventName: 'REMOVE' })).toBe(false);
  });

  it('join what time to live has deleted with what somebody has', () => {
    const router = createRouter()
      .onRemove('expired', thing({ pk: 'x' }), nothing, { expired: true })
      .onRemove('deleted', thing({ pk: 'y' }), nothing, { expired: false });
    const { patterns } = patternsFor(routesOf(router), { mostPatterns: 1, longestPattern: 320 });
    expect(patterns).toEqual([{ eventName: ['REMOVE'], dynamodb: { OldImage: { pk: { S: ['x', 'y'] } } } }]);
  });

  it('never make more combinations than the engine allows', () => {
    const mixed = (index: number) => oneOf(`x${index}`, index, true, null);
    const where = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`a${index}`, mixed(index)]));
    const { patterns } = patternsFor(inserts(where));
    const branches = JSON.stringify(patterns).match(/\$or/g) ?? [];
    expect(4 ** branches.length).toBeLessThanOrEqual(1_000);
    expect(branches.length).toBeGreaterThan(2);
  });
});
