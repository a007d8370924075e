import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import { exportDeadLetters } from '../../../src/replay/letters/export-letters.ts';
import { readExportedLine } from '../../../src/replay/letters/exported-message.ts';
import type { ImportOptions } from '../../../src/replay/letters/import-letters.ts';
import { importDeadLetters } from '../../../src/replay/letters/import-letters.ts';
import { linesOf } from '../../../src/replay/letters/lines.ts';
import { createMessageReader } from '../../../src/replay/reading/read-message.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import type { Lying, MemoryQueueOptions } from './memory-queue.ts';
import { memoryQueue } from './memory-queue.ts';

const readMessage = createMessageReader();
const fifoUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/dead.fifo';

async function* piecesOf(text: string, size = 7): AsyncGenerator<Uint8Array, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function exported(messages: readonly Lying[]): Promise<string> {
  let text = '';
  const write = (lines: string) => {
    text += lines;
    return Promise.resolve();
  };
  await exportDeadLetters({ queue: memoryQueue(messages), readMessage, write });
  return text;
}

const line = (body: string, more: object = {}) =>
  `${JSON.stringify({ body, attributes: {}, sentAt: '2026-01-01T00:00:00.000Z', ...more })}\n`;

function importInto(
  text: string,
  options: Partial<ImportOptions> = {},
  queueOptions: MemoryQueueOptions = {},
) {
  const queue = memoryQueue([], queueOptions);
  return {
    queue,
    importing: importDeadLetters({ queue, readMessage, from: piecesOf(text, 1_000), ...options }),
  };
}

/** What SQS accepts, U+2028 and its like among it. */
const anyBody = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\t',
      '\n',
      '\r',
      '"',
      '\\',
      '\u2028',
      '\u2029',
      '\u0085',
      '\uFFFD',
      '\u{10FFFF}',
      '\uE000',
    ),
    fc
      .string({ unit: 'binary', minLength: 1, maxLength: 1 })
      .filter((each) => /^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]$/u.test(each)),
  ),
  minLength: 1,
});

describe('messages that are exported and imported', () => {
  it('have the same bodies and attributes, to the byte', async () => {
    const raw = fc.record({
      count: fc.record({ type: fc.constant('Number'), value: fc.integer().map(String) }),
      bytes: fc.record({ type: fc.constantFrom('Binary', 'Binary.gif'), value: fc.base64String() }),
    });
    const message = fc.record(
      { body: anyBody, value: anyBody, rawAttributes: raw },
      { requiredKeys: ['body', 'value'] },
    );
    const messages = fc.array(message, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(messages, fc.integer({ min: 1, max: 50 }), async (given, size) => {
        const lying = given.map(({ value, ...rest }, index) => ({
          id: `m${index}`,
          ...rest,
          attributes: { value },
        }));
        const queue = memoryQueue([]);
        const from = piecesOf(await exported(lying), size);
        expect((await importDeadLetters({ queue, readMessage, from })).imported).toBe(given.length);
        expect(queue.sent).toEqual(given.map(({ value, ...rest }) => ({ ...rest, attributes: { value } })));
      }),
      { numRuns: 100 },
    );
  });

  it('keep group and order in a FIFO queue, with ids that it has not seen yet', async () => {
    const text = ['a', 'b', 'a', 'b'].map((groupId, index) =>
      line(`body ${index}`, { groupId, deduplicationId: `d${index}` }),
    );
    const { queue, importing } = importInto(text.join(''), {}, { url: fifoUrl });
    await importing;
    const ofGroup = (group: string) =>
      queue.sent.filter(({ fifo }) => fifo?.groupId === group).map(({ body }) => body);
    expect([ofGroup('a'), ofGroup('b')]).toEqual([
      ['body 0', 'body 2'],
      ['body 1', 'body 3'],
    ]);
    const ids = queue.sent.map(({ fifo }) => fifo?.deduplicationId ?? '');
    expect(new Set(ids).size).toBe(4);
    expect(ids.some((id) => /^d\d$/.test(id))).toBe(false);
  });

  it('go into the group of their item, if they come from a queue without groups', async () => {
    const letters = [1, 2, 1].map((n) => letterFor(insertRecord({ pk: `ORDER#${n}` })));
    const text = letters.map((letter) => line(JSON.stringify(letter))).join('');
    const { queue, importing } = importInto(text, {}, { url: fifoUrl });
    await importing;
    const groups = queue.sent.map(({ fifo }) => fifo?.groupId);
    expect(new Set(groups).size).toBe(2);
  });
});

describe('a line that is not what export writes', () => {
  it.each([
    ['no JSON', 'secret', 'it is not JSON'],
    ['no object', '["secret"]', 'it is not a JSON object'],
    ['no body', '{"attributes":{},"sentAt":"2026-01-01T00:00:00Z"}', 'its "body" must be a text'],
    ['odd attributes', line('x', { attributes: { a: 1 } }), 'its "attributes" must be an object of texts'],
    [
      'odd raw attributes',
      line('x', { rawAttributes: { a: { type: 'Number', value: 1 } } }),
      'its "rawAttributes"',
    ],
    ['no time', line('x', { sentAt: 'secret' }), 'its "sentAt" must be a time'],
    ['a field of its own', line('x', { secret: 1 }), 'it has a field that export does not write'],
  ])('with %s is refused, and nothing of it is quoted', (_, text, why) => {
    let message = '';
    try {
      readExportedLine(text);
    } catch (error) {
      message = error instanceof ReplayError ? error.message : '';
    }
    expect(message).toContain(why);
    expect(message).not.toContain('secret');
  });

  it('ends the import after all that stands before it', async () => {
    const { queue, importing } = importInto(`${line('one')}${line('two')}\nthree\n${line('four')}`);
    await expect(importing).rejects.toThrow(
      'line 4 was not imported: this line is not what `spillway dlq export` writes: it is not JSON. The import ended there; 2 other lines are in the queue',
    );
    expect(queue.sent.map(({ body }) => body)).toEqual(['one', 'two']);
  });

  it('is passed over, and told of, if that is asked for', async () => {
    const refused: number[] = [];
    const { queue, importing } = importInto(`${line('one')}two\n${line('three')}`, {
      keepGoing: true,
      onEvent: (event) => {
        if (event.kind === 'refused') refused.push(event.line);
      },
    });
    expect(await importing).toEqual({ imported: 2, refused: 1, lastLine: 3, wasInterrupted: false });
    expect(refused).toEqual([2]);
    expect(queue.sent.map(({ body }) => body)).toEqual(['one', 'three']);
  });

  it('is one that the queue refuses, too', async () => {
    const refuseSend = ({ body }: { readonly body: string }) =>
      body === 'two' ? new ReplayError('the queue refused it') : undefined;
    const { importing } = importInto(`${line('one')}${line('two')}`, {}, { refuseSend });
    await expect(importing).rejects.toThrow('line 2 was not imported: the queue refused it');
  });

  it('is one that is not UTF-8', async () => {
    async function* from(): AsyncGenerator<Uint8Array, void> {
      yield await Promise.resolve(Buffer.concat([Buffer.from(line('one')), Buffer.from([0xff, 0x0a])]));
    }
    await expect(importDeadLetters({ queue: memoryQueue([]), readMessage, from: from() })).rejects.toThrow(
      'line 2 was not imported: this line is not UTF-8',
    );
  });
});

describe('an import that is interrupted', () => {
  it('says up to which line all are in the queue', async () => {
    const interrupted = new AbortController();
    const text = Array.from({ length: 120 }, (_, index) => line(`body ${index}`)).join('');
    const { queue, importing } = importInto(text, {
      signal: interrupted.signal,
      onEvent: () => interrupted.abort(),
    });
    expect(await importing).toEqual({ imported: 50, refused: 0, lastLine: 50, wasInterrupted: true });
    expect(queue.sent).toHaveLength(50);
  });
});

describe('lines', () => {
  it('end at line feeds only, wherever the pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyBody), fc.integer({ min: 1, max: 9 }), async (texts, size) => {
        const wanted = texts.map((text) => text.replaceAll(/[\n\r]/g, ' '));
        const found: (string | undefined)[] = [];
        for await (const { text } of linesOf(piecesOf(wanted.join('\n'), size))) found.push(text);
        expect(found).toEqual(wanted.filter((text) => text !== ''));
      }),
    );
  });

  it('that are too long are not kept', async () => {
    const found: unknown[] = [];
    for await (const each of linesOf(piecesOf(`${'x'.repeat(100)}\nshort\n`), 50)) found.push(each);
    expect(found).toEqual([
      { number: 1, text: undefined },
      { number: 2, text: 'short' },
    ]);
  });
});
