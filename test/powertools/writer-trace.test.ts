import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyChange } from '../../src/routing/route.ts';
import { writerOf } from '../../src/powertools/writer-trace.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import { insertRecord, modifyRecord, removeRecord } from '../../src/testing/index.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${spanId}-01`;
const header = `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=1`;

const of = (raw: RawRecord, attribute = 'trace') => writerOf({ raw } as AnyChange, attribute);
const inserted = (trace: unknown) => of(insertRecord({ pk: 'a', sk: 'b', trace }));
const item = (trace: string) => ({ pk: 'a', sk: 'b', trace });

describe('the trace of the writer', () => {
  it.each([
    ['a traceparent', traceparent],
    ['the trace header of X-Ray', header],
    ['a header with more in it, in another order', `Sampled=1; Self=x;${header}`],
    ['a traceparent of a later version', `cc-${traceId}-${spanId}-01-what-comes`],
  ])('is read from %s', (_, text) => {
    expect(inserted(text)).toEqual({ traceId, spanId, isSampled: true });
  });

  it('says whether it was sampled', () => {
    expect(inserted(`00-${traceId}-${spanId}-00`)?.isSampled).toBe(false);
    expect(inserted(header.replace('Sampled=1', 'Sampled=0'))?.isSampled).toBe(false);
  });

  it.each([
    ['another text', 'hunter2'],
    ['capitals', traceparent.toUpperCase()],
    ['ids of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['the forbidden version', `ff-${traceId}-${spanId}-01`],
    ['more than version 00 has', `${traceparent}-x`],
    ['a header without a parent', header.replace(/Parent=\w+;/, '')],
    ['a number', 12],
    ['a list', [traceparent]],
    ['nothing', undefined],
  ])('is not made of %s', (_, value) => {
    expect(inserted(value)).toBeUndefined();
  });

  it('is that of the change, and not one that stood there before', () => {
    const other = traceparent.replace('b7', 'c8');
    expect(of(modifyRecord({ oldImage: item(traceparent), newImage: item(other) }))?.spanId).toMatch(/^c8/);
    expect(of(modifyRecord({ oldImage: item(traceparent), newImage: item(traceparent) }))).toBeUndefined();
    expect(of(removeRecord(item(traceparent)))).toBeUndefined();
  });

  it('is not looked for unless an attribute is named, and never on the prototype', () => {
    expect(writerOf({ raw: insertRecord(item(traceparent)) } as AnyChange, undefined)).toBeUndefined();
    expect(of(insertRecord(item(traceparent)), 'constructor')).toBeUndefined();
  });

  it('takes any text without a word', () => {
    const anyText = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const writer = inserted(text);
        if (writer !== undefined) expect([writer.traceId.length, writer.spanId.length]).toEqual([32, 16]);
      }),
    );
  });
});
