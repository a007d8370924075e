import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import type { RoutedBy } from '../../../src/routing/match.ts';
import type { RouteDescription } from '../../../src/routing/describe-routes.ts';
import { describeRoutes } from '../../../src/routing/describe-routes.ts';
import { entity } from '../../../src/routing/entity.ts';
import type { RouterDefinition } from '../../../src/routing/route.ts';
import { createRouter } from '../../../src/routing/router.ts';
import type { Literal, Pattern, Where } from '../../../src/routing/where.ts';
import { absent, endsWith, exists, not, oneOf, startsWith } from '../../../src/routing/where.ts';
import { toLambdaJson } from '../../../src/stream/lambda-record.ts';
import type { EventName, RawRecord, StreamView } from '../../../src/stream/record.ts';
import { eventNames, streamViews, viewHasNewImage, viewHasOldImage } from '../../../src/stream/record.ts';
import { anyItem } from '../../stream/arbitrary-items.ts';

type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Few, so that routes and records meet. The last four mean something in a pattern, or to JavaScript. */
const attributeName = fc.constantFrom('pk', 'sk', 'a', 'b', '$or', 'prefix', 'S', '__proto__');
const text = fc.constantFrom('', 'A', 'AB', 'ABC', 'B', '5', '😀', '\ud83d', 'x'.repeat(60));
/** With the ones of which it is not certain how DynamoDB writes them. */
const number = fc.constantFrom<number | bigint>(0, -0, 5, 5n, -3.5, 0.1, 1e-7, 10n ** 19n, 10n ** 30n, 1e125);
const numberText = fc.constantFrom(
  '0',
  '5',
  '-3.5',
  '0.1',
  '0.0000001',
  '1E-7',
  `1${'0'.repeat(30)}`,
  '1E+30',
);

const scalar = fc.oneof(
  text.map((S) => ({ S })),
  numberText.map((N) => ({ N })),
  fc.constantFrom('', 'QQ==').map((B) => ({ B })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
  fc.uniqueArray(text, { minLength: 1, maxLength: 2 }).map((SS) => ({ SS })),
  fc.uniqueArray(numberText, { minLength: 1, maxLength: 2 }).map((NS) => ({ NS })),
  fc.constant({ BS: ['QQ=='] }),
);
/** Of each of the ten types. */
const attribute: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  { arbitrary: scalar, weight: 4 },
  fc.array(scalar, { maxLength: 2 }).map((L) => ({ L })),
  fc.dictionary(attributeName, scalar, { maxKeys: 2 }).map((M) => ({ M })),
);

const fewAttributes: fc.Arbitrary<Item> = fc
  .dictionary(attributeName, attribute, { maxKeys: 5 })
  .map((item) => Object.fromEntries(Object.entries(item)));
const anyAttributes = anyItem.map((item) => toLambdaJson(marshall(item)) as Item);
const item = fc.oneof({ arbitrary: fewAttributes, weight: 4 }, anyAttributes);

const literal: fc.Arbitrary<Literal> = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const filled = text.filter((one) => one !== '');

export const arbitraryPattern: fc.Arbitrary<Pattern> = fc.letrec<{ pattern: Pattern }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    literal,
    fc.tuple(literal, fc.array(literal, { maxLength: 4 })).map(([first, others]) => oneOf(first, ...others)),
    filled.map(startsWith),
    filled.map(endsWith),
    fc.constant(exists()),
    fc.constant(absent()),
    tie('pattern').map(not),
  ),
})).pattern;

const anyWhere: fc.Arbitrary<Where> = fc
  .dictionary(attributeName, arbitraryPattern, { maxKeys: 4 })
  .map((where) => Object.fromEntries(Object.entries(where)));

/** Patterns that attributes of an item match, so that routes are met by more than chance. */
const whereOf = (matched: Item): fc.Arbitrary<Where> =>
  fc
    .subarray(Object.entries(matched))
    .chain((some) =>
      fc
        .tuple(...some.map(([name, value]) => patternOf(value).map((pattern) => [name, pattern] as const)))
        .map((entries) => Object.fromEntries(entries)),
    );

function patternOf(value: Readonly<Record<string, unknown>>): fc.Arbitrary<Pattern> {
  const { S, N, BOOL, NULL } = value;
  const others = fc.constantFrom<Pattern>(exists(), not('something else'), not(not(exists())), not(absent()));
  if (typeof S === 'string')
    return fc.oneof(others, fc.constantFrom<Pattern>(S, oneOf('A', S, 5), startsWith(S.slice(0, 1) || 'A')));
  if (typeof BOOL === 'boolean') return fc.oneof(others, fc.constantFrom(BOOL, oneOf(BOOL, 'A')));
  if (NULL === true) return fc.oneof(others, fc.constant(null));
  // A whole number, as JavaScript holds it: most are too long to be one.
  if (typeof N === 'string' && /^-?\d{1,15}$/.test(N)) return fc.oneof(others, fc.constant(Number(N)));
  return others;
}

export interface Situation {
  readonly routed: readonly RoutedBy[];
  readonly routes: readonly RouteDescription[];
  readonly records: readonly RawRecord[];
  readonly keys: readonly string[];
  /** What the stream gives, at least the images that each router expects. */
  readonly view: StreamView;
}

/** Routers, and records of the stream of one table. */
export const arbitrarySituation: fc.Arbitrary<Situation> = fc
  .tuple(
    fc.array(item, { minLength: 1, maxLength: 3 }),
    fc.constantFrom(...streamViews),
    fc.constantFrom(['pk'], ['pk', 'sk']),
  )
  .chain(([items, view, keys]) => {
    const full = items.map((one) => ({ pk: { S: 'A' }, sk: { S: 'AB' }, ...one }));
    return fc.record({
      routers: fc.array(router(view, fc.oneof(anyWhere, fc.constantFrom(...full).chain(whereOf))), {
        minLength: 1,
        maxLength: 3,
      }),
      records: fc.array(record(fc.constantFrom(...full), view, keys), { minLength: 1, maxLength: 6 }),
      view: fc.constant(view),
      keys: fc.constant(keys),
    });
  })
  .map(({ routers, records, view, keys }) => ({
    records,
    view,
    keys,
    routed: routers.flatMap((definition) =>
      definition.routes.map((route) => ({ route, router: definition })),
    ),
    routes: describeRoutes(routers),
  }));

const isGivenBy = (view: StreamView) => (wanted: StreamView) =>
  (viewHasNewImage(view) || !viewHasNewImage(wanted)) && (viewHasOldImage(view) || !viewHasOldImage(wanted));

function router(view: StreamView, where: fc.Arbitrary<Where>): fc.Arbitrary<RouterDefinition> {
  const route = fc.record({
    where,
    events: fc.constantFrom<EventName | 'any'>(...eventNames, 'any'),
    expired: fc.constantFrom(true, false, undefined),
  });
  return fc
    .tuple(
      fc.array(route, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...streamViews.filter(isGivenBy(view))),
    )
    .map(([routes, expected]) => {
      const made = createRouter({ view: expected });
      for (const [index, { where: own, events, expired }] of routes.entries()) {
        const kind = entity('Thing', { where: own });
        const name = `route ${index}`;
        if (events === 'INSERT') made.onInsert(name, kind, () => undefined);
        else if (events === 'MODIFY') made.onModify(name, kind, () => undefined);
        else if (events === 'any') made.onChange(name, kind, () => undefined);
        else made.onRemove(name, kind, () => undefined, expired === undefined ? {} : { expired });
      }
      return made.close();
    });
}

/** As DynamoDB writes it: both images hold the key, and the view decides which of them are there. */
const record = (
  anyOfThem: fc.Arbitrary<Item>,
  view: StreamView,
  keys: readonly string[],
): fc.Arbitrary<RawRecord> =>
  fc
    .tuple(anyOfThem, anyOfThem, fc.constantFrom(...eventNames), fc.constantFrom('nobody', 'Service', 'User'))
    .map(([one, other, eventName, type]) => {
      const Keys = Object.fromEntries(keys.map((name) => [name, one[name]]));
      const old = { ...other, ...Keys };
      return {
        eventID: 'c9fbe7d0261a5163fcb6940593e41797',
        eventName,
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-central-1',
        dynamodb: {
          Keys,
          ...(eventName !== 'REMOVE' && viewHasNewImage(view) && { NewImage: one }),
          ...(eventName !== 'INSERT' && viewHasOldImage(view) && { OldImage: old }),
          SequenceNumber: '700000000011711316211',
          StreamViewType: view,
        },
        eventSourceARN:
          'arn:aws:dynamodb:eu-central-1:000000000000:table/Shop/stream/2026-01-01T00:00:00.000',
        ...(type !== 'nobody' && { userIdentity: { type, principalId: 'dynamodb.amazonaws.com' } }),
      } as RawRecord;
    });
