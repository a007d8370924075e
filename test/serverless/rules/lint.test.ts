import { describe, expect, it } from 'vitest';
import { anyItem, entity } from '../../../src/routing/entity.ts';
import { createRouter } from '../../../src/routing/router.ts';
import { absent, exists, oneOf } from '../../../src/routing/where.ts';
import type { FindingLevel } from '../../../src/serverless/rules/finding.ts';
import { lint } from '../../../src/serverless/rules/lint.ts';
import type { ServiceModel } from '../../../src/serverless/rules/service-model.ts';
import {
  consumerOf,
  letters,
  mapping,
  Order,
  replay,
  routesOf,
  serviceOf,
  serviceWith,
  shop,
  withMapping,
} from './models.ts';

const nothing = () => undefined;
const ledgerOf = (expiresAfterSeconds: number) => ({ guarantee: 'claim', expiresAfterSeconds }) as const;
const withView = (view: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | undefined) => ({
  tables: [{ ...shop, view }],
});
const gone = entity('Gone', { where: { pk: 'x', status: 'paid' } });
const called = (...names: readonly string[]) =>
  routesOf(...names.map((name) => createRouter().onInsert(name, Order, nothing)));
const disabled = { mappings: [{ ...mapping, isEnabled: false }] };
const manyValues = oneOf('X#0', ...Array.from({ length: 900 }, (_, index) => `X#${index}`));

interface RuleCase {
  readonly rule: string;
  readonly it: string;
  readonly level: FindingLevel;
  readonly bad: ServiceModel;
  readonly function?: string;
  /** What the message names, and what is to be done about it. */
  readonly says: readonly RegExp[];
  /** Next to it, and allowed. */
  readonly good: readonly ServiceModel[];
}

const ruleCases: readonly RuleCase[] = [
  {
    rule: 'view-lacks-image',
    it: 'a route compares both images, and the stream has the new one',
    level: 'error',
    bad: serviceWith({}, withView('NEW_IMAGE')),
    says: [
      /route "orders-told" compares both images/,
      /table "Shop" has the view NEW_IMAGE, without the old image/,
    ],
    good: [serviceWith({}, withView(undefined))],
  },
  {
    rule: 'view-lacks-image',
    it: 'a route expects an image that the stream has not',
    level: 'error',
    bad: serviceWith(
      { routes: routesOf(createRouter({ view: 'OLD_IMAGE' }).onRemove('gone', Order, nothing)) },
      withView('NEW_IMAGE'),
    ),
    says: [
      /route "gone" expects the old image \(its router's view is OLD_IMAGE\)/,
      /Set .* to NEW_AND_OLD_IMAGES/,
    ],
    good: [
      serviceWith({ routes: routesOf(createRouter({ view: 'OLD_IMAGE' }).onRemove('gone', Order, nothing)) }),
    ],
  },
  {
    rule: 'view-lacks-image',
    it: 'a route matches on an attribute that only an image has',
    level: 'error',
    bad: serviceWith(
      { routes: routesOf(createRouter({ view: 'NEW_IMAGE' }).onRemove('gone', gone, nothing)) },
      withView('NEW_IMAGE'),
    ),
    says: [/route "gone" matches REMOVEs on "status", no part of the key of table "Shop"/],
    good: [
      serviceWith(
        { routes: routesOf(createRouter({ view: 'NEW_IMAGE' }).onInsert('made', gone, nothing)) },
        withView('NEW_IMAGE'),
      ),
      serviceWith(
        { routes: routesOf(createRouter({ view: 'KEYS_ONLY' }).onRemove('gone', Order, nothing)) },
        withView('KEYS_ONLY'),
      ),
    ],
  },
  {
    rule: 'ledger-expires-early',
    it: 'the ledger forgets while the stream still delivers',
    level: 'error',
    bad: serviceWith({ ledger: ledgerOf(3_600) }),
    says: [/forgets after 3600 s/, /can come again for 86400 s/, /expiresAfterSeconds to more than 86400/],
    good: [
      serviceWith({ ledger: ledgerOf(86_401) }),
      serviceWith({ ledger: 'off' }),
      serviceWith({ ledger: undefined }),
      withMapping({ onFailureQueue: undefined }, { ledger: ledgerOf(43_201) }),
      serviceWith({ ledger: ledgerOf(43_801) }, { queues: [{ ...letters, retentionSeconds: 600 }] }),
    ],
  },
  {
    rule: 'ledger-expires-early',
    it: 'the ledger forgets while a pointer lies in a queue of short retention',
    level: 'error',
    bad: serviceWith({ ledger: ledgerOf(43_800) }, { queues: [{ ...letters, retentionSeconds: 600 }] }),
    says: [/can come again for 43800 s/],
    good: [],
  },
  {
    rule: 'timeout-too-short',
    it: 'the timeout does not exceed the margin',
    level: 'error',
    bad: serviceWith({ timeoutSeconds: 10, deadlineMarginMs: 10_000 }),
    says: [/timeout is 10 s and its deadline margin 10000 ms/, /no record would ever be started/],
    good: [serviceWith({ timeoutSeconds: 1, deadlineMarginMs: undefined })],
  },
  {
    rule: 'timeout-too-short',
    it: 'the margin leaves a batch next to nothing',
    level: 'warning',
    bad: serviceWith({ timeoutSeconds: 3 }),
    says: [/2000 ms are left for a batch/],
    good: [serviceWith({ timeoutSeconds: 6 })],
  },
  {
    rule: 'route-name-twice',
    it: 'a function has two routes of one name',
    level: 'error',
    bad: serviceWith({ routes: called('made', 'made') }),
    says: [/two routes are called "made"/],
    good: [serviceWith({ routes: called('made', 'also-made') })],
  },
  {
    rule: 'route-name-twice',
    it: 'two functions of one consumer have routes of one name',
    level: 'error',
    bad: serviceOf([
      consumerOf('one', { consumer: 'orders', routes: called('a', 'b', 'c') }),
      consumerOf('other', { consumer: 'orders', routes: called('b', 'c') }),
    ]),
    function: 'other',
    says: [/functions "one" and "other" are both consumer "orders" and both have routes "b" and "c"/],
    good: [
      serviceOf([consumerOf('one', { routes: called('a') }), consumerOf('other', { routes: called('a') })]),
      serviceOf([
        consumerOf('one', { consumer: undefined, routes: called('a') }),
        consumerOf('other', { consumer: undefined, routes: called('a') }),
      ]),
      serviceOf([
        consumerOf('one', { consumer: 'orders', routes: called('a') }),
        consumerOf('other', { consumer: 'orders', routes: called('a'), ...disabled }),
      ]),
    ],
  },
  {
    rule: 'consumer-name-twice',
    it: 'two functions with different routes have one consumer name',
    level: 'error',
    bad: serviceOf([consumerOf('one', { consumer: 'orders' }), consumerOf('other', { consumer: 'orders' })]),
    function: 'other',
    says: [
      /functions "one" and "other" have different routes and are both consumer "orders"/,
      /SPILLWAY_CONSUMER/,
    ],
    good: [serviceOf([consumerOf('one'), consumerOf('other')])],
  },
  {
    rule: 'too-many-readers',
    it: 'three functions are at one stream',
    level: 'error',
    bad: serviceOf([consumerOf('a'), consumerOf('b'), consumerOf('c')]),
    function: 'c',
    says: [/functions "a", "b" and "c" read the stream of table "Shop"/, /createHandler\(\[one, other\]\)/],
    good: [serviceOf([consumerOf('a'), consumerOf('b'), consumerOf('c', disabled)])],
  },
  {
    rule: 'partial-responses-off',
    it: 'Lambda does not read the answer',
    level: 'error',
    bad: withMapping({ hasPartialResponses: false }),
    says: [/mapping of table "Shop" has partial responses switched off/, /ReportBatchItemFailures/],
    good: [],
  },
  {
    rule: 'unlimited-retries',
    it: 'the attempts have no limit',
    level: 'warning',
    bad: withMapping({ maximumRetryAttempts: -1 }),
    says: [/retries without limit: .* until it is 43200 s old/],
    good: [withMapping({ maximumRetryAttempts: 0 })],
  },
  {
    rule: 'unlimited-retries',
    it: 'the record age has no limit',
    level: 'warning',
    bad: withMapping({ maximumRecordAgeSeconds: -1 }),
    says: [/as old as the stream keeps them \(86400 s\)/],
    good: [withMapping({ maximumRecordAgeSeconds: 86_399 })],
  },
  {
    rule: 'where-not-a-pattern',
    it: 'a where asks what no pattern can',
    level: 'note',
    bad: serviceWith({
      routes: routesOf(
        createRouter().onInsert('made', entity('X', { where: { a: exists(), b: 'x' } }), nothing),
      ),
    }),
    says: [
      /route "made": its where on "a" cannot become a filter pattern for table "Shop"/,
      /items without the attribute/,
    ],
    good: [
      serviceWith({ routes: routesOf(createRouter().onModify('m', Order, nothing, { when: () => true })) }),
    ],
  },
  {
    rule: 'where-not-a-pattern',
    it: 'the patterns do not fit',
    level: 'note',
    bad: serviceWith({
      routes: routesOf(createRouter().onInsert('made', entity('X', { where: { pk: manyValues } }), nothing)),
    }),
    says: [/more, or longer, filter patterns than Lambda allows/],
    good: [],
  },
  {
    rule: 'parallel-shard-order',
    it: 'a shard in order is to be run in parallel',
    level: 'error',
    bad: withMapping({ parallelizationFactor: 2 }, { order: 'shard' }),
    says: [/wants order: 'shard'/, /parallelizationFactor 2/],
    good: [
      withMapping({ parallelizationFactor: 2 }),
      withMapping({ parallelizationFactor: 2 }, { order: undefined }),
      withMapping({}, { order: 'shard' }),
    ],
  },
  {
    rule: 'tumbling-window',
    it: 'there is a tumbling window',
    level: 'error',
    bad: withMapping({ tumblingWindowSeconds: 60 }),
    says: [/mapping of table "Shop" has a tumbling window/],
    good: [],
  },
  {
    rule: 'visibility-too-short',
    it: 'a letter could be handed out while it is replayed',
    level: 'warning',
    bad: serviceWith({}, { queues: [{ ...letters, visibilitySeconds: 359 }] }),
    function: 'replay',
    says: [/queue "DeadLetters" hides a message for 359 s/, /VisibilityTimeout to 360 \(6 times/],
    good: [
      serviceWith({}, { queues: [{ ...letters, visibilitySeconds: undefined }] }),
      serviceWith(
        {},
        { replays: [{ ...replay, queue: undefined }], queues: [{ ...letters, visibilitySeconds: 30 }] },
      ),
    ],
  },
  {
    rule: 'table-without-routes',
    it: 'no route is for the table',
    level: 'error',
    bad: serviceWith({
      routes: routesOf(createRouter({ table: ['Stock', 'Archive'] }).onInsert('made', Order, nothing)),
    }),
    says: [/at the stream of table "Shop", and its routes are for "Stock" and "Archive"/],
    good: [
      serviceWith(
        { routes: routesOf(createRouter({ table: 'Stock' }).onInsert('made', Order, nothing)) },
        { tables: [{ ...shop, name: undefined }] },
      ),
    ],
  },
];

describe.each(ruleCases)('$rule: $it', ({ rule, level, bad, good, says, ...one }) => {
  it(`is a finding of level ${level}, and the only one`, () => {
    const findings = lint(bad);
    const name = one.function ?? 'orders';
    expect(findings).toMatchObject([{ rule, level, function: name, file: `handlers/${name}.ts` }]);
    const text = findings.map(({ message, remedy }) => `${message} ${remedy}`).join();
    for (const words of says) expect(text).toMatch(words);
  });

  it.each(good.map((service, index) => ({ index, service })))(
    'is none in the good model $index',
    ({ service }) => {
      expect(lint(service)).toEqual([]);
    },
  );
});

describe('lint', () => {
  it('finds nothing in a good service', () => {
    expect(lint(serviceOf([consumerOf('orders'), consumerOf('totals')]))).toEqual([]);
  });

  it('finds nothing in a service that has nothing', () => {
    expect(lint({ consumers: [], replays: [], tables: [], queues: [] })).toEqual([]);
  });

  it('knows of a table that is not the service’s only what its mapping says', () => {
    expect(lint(serviceWith({}, { tables: [] }))).toEqual([]);
  });

  it('puts errors first, in an order that does not depend on that of the service', () => {
    const one = consumerOf('one', {
      mappings: [{ ...mapping, hasPartialResponses: false, maximumRetryAttempts: -1 }],
    });
    const other = consumerOf('other', {
      order: 'shard',
      mappings: [{ ...mapping, parallelizationFactor: 4 }],
    });
    const findings = lint(serviceOf([other, one]));
    expect(findings.map(({ level, rule, file }) => [level, rule, file])).toEqual([
      ['error', 'partial-responses-off', 'handlers/one.ts'],
      ['error', 'parallel-shard-order', 'handlers/other.ts'],
      ['warning', 'unlimited-retries', 'handlers/one.ts'],
    ]);
    expect(lint(serviceOf([one, other]))).toEqual(findings);
  });

  it('names functions in an order of its own', () => {
    const three = ['a', 'b', 'c'].map((name) => consumerOf(name, { consumer: 'orders' }));
    expect(lint(serviceOf(three.toReversed()))).toEqual(lint(serviceOf(three)));
  });

  it('says what two mappings of one table have in common once', () => {
    const bad = { ...mapping, hasPartialResponses: false };
    expect(lint(serviceWith({ mappings: [bad, bad] }))).toHaveLength(1);
  });

  it('never says what values a route matches on', () => {
    const where = { pk: 'secret', $or: 'secret', a: absent(), b: 10n ** 30n };
    const routes = routesOf(
      createRouter().onChange('all', entity('X', { where }), nothing).onChange('any', anyItem(), nothing),
    );
    const findings = lint(serviceWith({ routes }, withView('KEYS_ONLY')));
    expect(findings.length).toBeGreaterThan(3);
    expect(JSON.stringify(findings)).not.toMatch(/secret|0{30}/);
  });
});
