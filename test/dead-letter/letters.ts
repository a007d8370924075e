import { createCipheriv } from 'node:crypto';
import * as fc from 'fast-check';
import type { Letter } from '../../src/dead-letter/letter.ts';
import { writeLetter } from '../../src/dead-letter/letter.ts';
import { workId } from '../../src/idempotency/work.ts';
import type { Undeliverable } from '../../src/processing/invocation.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import { insertRecord, lambdaContext } from '../../src/testing/index.ts';
import { anyName, anyText } from '../stream/arbitrary-items.ts';

/** A letter as the handler of "orders" would write it for a record. */
export function letterFor(record: RawRecord, overrides: Partial<Undeliverable> = {}): Letter {
  const { consumer = 'orders', route = 'tell-customer' } = overrides;
  const id = workId({
    consumer,
    route,
    eventSourceArn: String(record.eventSourceARN),
    eventId: String(record.eventID),
  });
  const undeliverable: Undeliverable = {
    consumer,
    route,
    id,
    reason: 'exhausted',
    error: new Error('the mail server said no'),
    attempts: 3,
    record,
    lambda: lambdaContext({ functionName: 'orders-consumer' }),
    ...overrides,
  };
  return writeLetter(undeliverable, Date.UTC(2026, 0, 1));
}

export const simpleLetter = (id = 'a'): Letter => letterFor(insertRecord({ id }));

/** A letter whose record has this many characters of noise: compressed, it is no smaller in base64. */
export function incompressibleLetter(characters: number, id = 'large'): Letter {
  const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const noise = stream.update(Buffer.alloc(characters)).toString('base64').slice(0, characters);
  return letterFor(insertRecord({ id, noise }));
}

/** Any JSON, names and texts with lone surrogates, U+FFFF, control characters and `__proto__` included. */
const { json } = fc.letrec<{ readonly json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    anyText,
    fc.constantFrom<unknown>(null, true, false, 0, 1.5, '', '\uFFFF\uFFFE', '\uD800', '\u0000'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(anyName, fc.constantFrom('__proto__', 'constructor', 'S')), tie('json')), {
        maxLength: 3,
      })
      .map((entries): unknown => Object.fromEntries(entries)),
  ),
}));

/** Any letter that could be written: odd texts in its record and in its error. */
export const anyLetter: fc.Arbitrary<Letter> = fc
  .record({ image: json, keys: json, message: anyText, consumer: anyText, route: anyText, extra: json })
  .map(({ image, keys, message, consumer, route, extra }) => {
    const record = insertRecord({ id: 'a' });
    const odd = {
      ...record,
      extra,
      dynamodb: { ...record.dynamodb, NewImage: image, Keys: keys },
    } as unknown as RawRecord;
    return letterFor(odd, { error: new TypeError(message), consumer: `c${consumer}`, route: `r${route}` });
  });

/** The characters that SQS takes in bodies and in the values of attributes.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const acceptedBySqs = /^[\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
