import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { BatchEvent, ChangeRecord, Image, StreamView } from 'spillway';
import { anyItem, createHandler, createRouter, decodeLetter, NumberValue } from 'spillway';
import { lambdaContext, memoryDeadLetters, memoryLedger } from 'spillway/testing';
import { streamsApiRecord } from '../../fixtures/streams-api-record.ts';
import { toLambdaRecord } from '../../src/stream/lambda-record.ts';

const fixtures = new URL('../../fixtures/', import.meta.url);

interface Row {
  readonly file: string;
  readonly becomes: string;
}

/** The lines of one of the README's tables. */
async function tableOf(heading: string): Promise<readonly Row[]> {
  const readme = await readFile(new URL('README.md', fixtures), 'utf8');
  const section = readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `(?<file>[^`]+)` *\|.*\| (?<becomes>[^|]+?) *\|$/gm)].map(
    ({ groups: { file = '', becomes = '' } = {} }) => ({ file, becomes }),
  );
}

interface Event {
  readonly Records: readonly {
    readonly eventSourceARN?: string;
    readonly dynamodb?: { readonly StreamViewType?: StreamView };
  }[];
}

const readEvent = async (file: string): Promise<Event> =>
  JSON.parse(await readFile(new URL(`events/${file}`, fixtures), 'utf8')) as Event;

/** Images are decoded when they are looked at, so a route that does not look is not hurt by what it would see. */
const lookAt = (change: ChangeRecord<Image, StreamView>) => ({
  eventName: change.eventName,
  keys: change.keys,
  newImage: change.newImage,
  oldImage: change.oldImage,
  sequenceNumber: change.sequenceNumber,
  expired: change.eventName === 'REMOVE' ? change.expired : undefined,
});

/** Handles an event by one route that looks at everything. */
async function handle(event: Event, view = event.Records[0]?.dynamodb?.StreamViewType) {
  const seen: ReturnType<typeof lookAt>[] = [];
  const batches: BatchEvent[] = [];
  const ledger = memoryLedger();
  const deadLetters = memoryDeadLetters();
  const router = createRouter(view && { view }).onChange('look-at-it', anyItem(), (change) => {
    seen.push(lookAt(change));
  });
  const handler = createHandler(router, {
    ledger,
    deadLetters,
    log: 'off',
    observers: [{ onBatch: (batch) => batches.push(batch) }],
  });
  const context = lambdaContext();
  const result = await handler(event, context).then(
    (response) => ({ response }),
    (error: unknown) => ({ error: error as Error & { readonly code?: string } }),
  );
  const again = 'response' in result ? await handler(event, context) : undefined;
  return { ...result, again, seen, counts: batches.map(({ counts }) => counts), ledger, deadLetters };
}

type Handled = Awaited<ReturnType<typeof handle>>;

/** In the README's words. */
function inWords({ counts: [first], deadLetters, ...result }: Handled): string {
  if ('error' in result) return `batch fails (${result.error.code ?? result.error.message})`;
  const parts = Object.entries(first ?? {})
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  const reasons = deadLetters.letters.map(({ reason }) => ` (${reason})`);
  return parts.join(', ') + reasons.join('') || 'nothing';
}

describe('the events of fixtures/', async () => {
  const rows = await tableOf('events');

  it('each have their line in the README', async () => {
    const files = await readdir(new URL('events', fixtures));
    expect(rows.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
  });

  it.each(rows)('$file: $becomes', async ({ file, becomes }) => {
    const handled = await handle(await readEvent(file));
    expect(inWords(handled)).toBe(becomes);
    if ('error' in handled) return;

    expect(handled.response).toEqual({ batchItemFailures: [] });
    const [first, second] = handled.counts;
    const settled = (first?.handled ?? 0) + (first?.['dead-lettered'] ?? 0);
    expect([...handled.ledger.entries.values()]).toEqual(Array(settled).fill('COMPLETED'));
    expect(second?.duplicate).toBe(settled);
  });
});

describe('the values of fixtures/', () => {
  const valuesOf = async (file: string) => (await handle(await readEvent(file))).seen;
  const newImageOf = async (file: string) => (await valuesOf(file))[0]?.newImage;

  it('decode to values of JavaScript, whatever their type', async () => {
    expect(await newImageOf('attribute-types.json')).toMatchObject({
      string: 'Grüße, 世界 ☕',
      fraction: -0.1,
      binary: new TextEncoder().encode('spillway'),
      nothing: null,
      stringSet: new Set(['blue', 'green']),
      numberSet: new Set([1, 2.5, -3]),
      list: ['a', 1, true, null, Uint8Array.of(0), [], {}],
      map: { set: new Set(['x']), list: [{ deeper: { still: [7] } }], 'name with spaces': 'yes' },
    });
  });

  it('keep every digit of a number', async () => {
    expect(await newImageOf('big-numbers.json')).toMatchObject({
      largestSafe: Number.MAX_SAFE_INTEGER,
      beyondSafe: 9007199254740993n,
      digits38: 12345678901234567890123456789012345678n,
      fraction38: NumberValue.from('0.12345678901234567890123456789012345678'),
      inMap: { id: 18446744073709551615n },
    });
  });

  it('keep an attribute called __proto__ as an attribute', async () => {
    const image = (await newImageOf('proto-attribute.json')) ?? {};
    expect(Object.keys(image)).toContain('__proto__');
    expect(Object.getPrototypeOf(image)).toBe(Object.prototype);
    expect('isAdmin' in image).toBe(false);
  });

  it('tell an expiry from a deletion', async () => {
    expect(await valuesOf('expired.json')).toMatchObject([{ eventName: 'REMOVE', expired: true }]);
    expect(await valuesOf('remove.json')).toMatchObject([{ eventName: 'REMOVE', expired: false }]);
  });

  it('keep the order of each item, whatever the length of the sequence numbers', async () => {
    const changes = await valuesOf('interleaved-items.json');
    const numbersOf = (pk: string) =>
      changes.filter(({ keys }) => keys['pk'] === pk).map(({ sequenceNumber }) => BigInt(sequenceNumber));
    for (const pk of ['ORDER#o-1', 'ORDER#o-2', 'CART#k-77120'])
      expect(numbersOf(pk)).toEqual(numbersOf(pk).toSorted((a, b) => (a < b ? -1 : 1)));
    expect(changes).toHaveLength(7);
  });

  it.each(['keys-only.json', 'new-image.json', 'old-image.json'])(
    'fail the batch of a router that expects more than the view gives: %s',
    async (file) => {
      const handled = await handle(await readEvent(file), 'NEW_AND_OLD_IMAGES');
      expect(inWords(handled)).toBe('batch fails (VIEW_MISMATCH)');
    },
  );

  it("are the same from the Streams API's record as from Lambda's", async () => {
    const { Records } = await readEvent('attribute-types.json');
    const [expected] = Records;
    expect(toLambdaRecord(streamsApiRecord, { eventSourceArn: expected?.eventSourceARN ?? '' })).toEqual(
      expected,
    );
  });
});

describe('the messages of fixtures/', async () => {
  const rows = await tableOf('messages');

  it('each have their line in the README', async () => {
    const files = await readdir(new URL('messages', fixtures));
    expect(rows.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
  });

  it.each(rows)('$file: $becomes', async ({ file, becomes }) => {
    const body = await readFile(new URL(`messages/${file}`, fixtures), 'utf8');
    const reading = decodeLetter(body);
    if (becomes === 'letter')
      expect(await reading).toMatchObject({
        spillway: 1,
        route: 'reserve-stock',
        record: { eventName: 'INSERT' },
      });
    else await expect(reading).rejects.toMatchObject({ code: 'INVALID_LETTER' });
  });
});
