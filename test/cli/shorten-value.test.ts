import { marshall, NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortenValue } from '../../src/cli/shorten-value.ts';
import type { Attribute } from '../../src/stream/attribute-value.ts';
import { decodeImage } from '../../src/stream/attribute-value.ts';
import { anyItem } from '../stream/arbitrary-items.ts';

const unlimited = { kind: 'unlimited' } as const;
const short = { kind: 'short', characters: 8 } as const;

describe('a value on a line', () => {
  it.each<readonly [Attribute, full: string, short: string]>([
    ['paid', '"paid"', '"paid"'],
    ['12345678', '"12345678"', '"12345678"'],
    ['123456789', '"123456789"', '"1234567…"'],
    ['👍👍👍👍👍👍👍👍👍', '"👍👍👍👍👍👍👍👍👍"', '"👍👍👍👍👍👍👍…"'],
    ['a\n"b"', '"a\\n\\"b\\""', '"a\\n\\"b\\""'],
    ['\u009b31m', '"\\u009b31m"', '"\\u009b31m"'],
    ['\u202eabc', '"\\u202eabc"', '"\\u202eabc"'],
    [12.5, '12.5', '12.5'],
    [12_345_678_901_234_567_890n, '12345678901234567890', '12345678901234567890'],
    [NumberValue.from('0.12345678901234567891'), '0.12345678901234567891', '0.12345678901234567891'],
    [true, 'true', 'true'],
    [null, 'null', 'null'],
    [new Uint8Array([255]), '<1 byte: /w==>', '<1 byte>'],
    [new Uint8Array([1, 2]), '<2 bytes: AQI=>', '<2 bytes>'],
    [new Set(['a', 'b']), 'set ["a", "b"]', 'set [2]'],
    [[1, ['x']], '[1, ["x"]]', '[2]'],
    [[], '[]', '[]'],
    [{ a: 1, 'b c': { d: null } }, '{a: 1, "b c": {d: null}}', '{2}'],
    [{}, '{}', '{}'],
  ])('is shown in full or in short: %s', (value, full, shortened) => {
    expect(shortenValue(value, unlimited)).toBe(full);
    expect(shortenValue(value, short)).toBe(shortened);
  });

  it('never has a character that a terminal would obey', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        for (const room of [unlimited, short])
          expect(shortenValue(decodeImage(marshall(item)), room)).not.toMatch(
            // eslint-disable-next-line no-control-regex -- they are what is looked for
            /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/,
          );
      }),
      { numRuns: 300 },
    );
  });
});
