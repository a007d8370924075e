import * as fc from 'fast-check';
import { styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { LineStyle } from '../../../src/cli/tail/change-line.ts';
import { changeLine } from '../../../src/cli/tail/change-line.ts';
import { cutLine, widthOf } from '../../../src/cli/cut-line.ts';
import type { Paint } from '../../../src/cli/paint.ts';
import type { EventName } from '../../../src/stream/record.ts';
import { anyItem } from '../../stream/arbitrary-items.ts';
import type { ChangeParts } from './changes.ts';
import { changeOf } from './changes.ts';

const bare: Paint = (_, text) => text;
const plain = { keysOnly: false, columns: undefined, paint: bare };
const [oldImage, newImage] = [
  { status: 'placed', note: 'x', address: { city: 'A', 'p.o': 1 }, tags: ['a', 'b'] },
  { status: 'paid', coupon: 'C', address: { city: 'B', 'p.o': 1 }, tags: ['a', 'c'] },
];

/** Without the time, which is of the machine's time zone. */
const lineOf = (eventName: EventName, parts: ChangeParts, style: Partial<LineStyle> = {}) =>
  changeLine(changeOf(eventName, parts), { ...plain, ...style }).slice(14);

describe('a line for people', () => {
  it.each<readonly [string, EventName, ChangeParts, line: string]>([
    [
      'the attributes of an INSERT, by name',
      'INSERT',
      { newImage: { b: 'x', a: [1] } },
      'INSERT  pk=a  a: [1], b: "x"',
    ],
    [
      'the difference of a MODIFY',
      'MODIFY',
      { oldImage, newImage },
      'MODIFY  pk=a  address.city: "A" -> "B", + coupon: "C", - note, status: "placed" -> "paid", tags[1]: "b" -> "c"',
    ],
    [
      'a name with a dot between quotation marks',
      'MODIFY',
      { oldImage: { 'a.b': 1, m: { 'c d': 1 } }, newImage: { 'a.b': 2, m: { 'c d': 2 } } },
      'MODIFY  pk=a  "a.b": 1 -> 2, m."c d": 1 -> 2',
    ],
    [
      'a MODIFY of nothing',
      'MODIFY',
      { oldImage: { a: 1 }, newImage: { a: 1 } },
      'MODIFY  pk=a  no difference',
    ],
    [
      'what is left in a view of new images',
      'MODIFY',
      { newImage: { a: 1, b: 2 } },
      'MODIFY  pk=a  now a: 1, b: 2',
    ],
    ['what was in a view of old images', 'MODIFY', { oldImage: { a: 1 } }, 'MODIFY  pk=a  was a: 1'],
    ['only keys in a view of keys', 'MODIFY', {}, 'MODIFY  pk=a'],
    ['what a REMOVE removed', 'REMOVE', { oldImage: { a: 1 } }, 'REMOVE  pk=a  a: 1'],
    ['an expiry', 'REMOVE', { expired: true }, 'REMOVE expired  pk=a'],
    [
      'keys by name, strings without quotation marks where they need none',
      'INSERT',
      { keys: { sk: 'two words', pk: 'ORDER#1', n: 7 } },
      'INSERT  n=7 pk=ORDER#1 sk="two words"',
    ],
  ])('shows %s', (_, eventName, parts, line) => {
    expect(lineOf(eventName, parts)).toBe(line);
  });

  it('begins with the time of the change on this machine, or with none', () => {
    const change = changeOf('INSERT', {});
    const local = new Date(1_767_225_605_250);
    const time = `${local.toTimeString().slice(0, 8)}.250`;
    expect(changeLine(change, plain)).toBe(`${time}  INSERT  pk=a`);
    expect(changeLine({ ...change, createdAt: new Date(NaN) }, plain)).toBe('--:--:--.---  INSERT  pk=a');
  });

  it('shows the names of what changed, and no values but keys, if that is asked for', () => {
    const keysOnly = { keysOnly: true };
    expect(lineOf('MODIFY', { oldImage, newImage }, keysOnly)).toBe(
      'MODIFY  pk=a  status, - note, address, tags, + coupon',
    );
    expect(lineOf('INSERT', { newImage }, keysOnly)).toBe('INSERT  pk=a');
    expect(lineOf('REMOVE', { oldImage }, keysOnly)).toBe('REMOVE  pk=a');
  });

  it('is coloured by the event, and by what was added and removed', () => {
    const paint: Paint = (format, text) => `<${String(format)}>${text}</>`;
    const line = (eventName: EventName, parts: ChangeParts) =>
      changeLine(changeOf(eventName, parts), { ...plain, paint });
    expect(line('INSERT', {})).toContain('<green>INSERT</>');
    expect(line('MODIFY', { oldImage, newImage })).toContain('<yellow>MODIFY</>');
    expect(line('MODIFY', { oldImage, newImage })).toContain('<red>- note</>, ');
    expect(line('MODIFY', { oldImage, newImage })).toContain('<green>+ coupon: "C"</>, ');
    expect(line('REMOVE', { expired: true })).toContain('<red>REMOVE expired</>');
  });

  it('gives a value a third of the terminal, and lists and maps their size', () => {
    const long = { text: 'x'.repeat(50), list: [1, 2, 3], map: { a: 1 } };
    expect(lineOf('INSERT', { newImage: long }, { columns: 90 })).toBe(
      `INSERT  pk=a  list: [3], map: {1}, text: "${'x'.repeat(29)}…"`,
    );
  });

  it('is never wider than the terminal, painted or not, whatever the items', () => {
    const paint: Paint = (format, text) => styleText(format, text, { validateStream: false });
    fc.assert(
      fc.property(anyItem, anyItem, fc.integer({ min: 1, max: 120 }), (before, after, columns) => {
        const change = changeOf('MODIFY', { oldImage: before, newImage: after });
        const line = changeLine(change, { keysOnly: false, columns, paint: bare });
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
        const painted = changeLine(change, { keysOnly: false, columns, paint });
        // eslint-disable-next-line no-control-regex -- the colours are
        expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(line);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a line that is cut', () => {
  const cut = (text: string, columns: number) =>
    cutLine([{ text: text.slice(0, 3) }, { text: text.slice(3) }], columns)
      .map((piece) => piece.text)
      .join('');

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['abcdef', 3, 'ab…'],
    ['abcdef', 1, '…'],
    ['abc漢字', 7, 'abc漢字'],
    ['abc漢字', 6, 'abc漢…'],
    ['abc漢字', 5, 'abc…'],
    ['abcé́́f', 4, 'abc…'],
    ['abc👨‍👩‍👧x', 6, 'abc👨‍👩‍👧x'],
  ])('%s in %i columns is %s', (text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected);
  });

  it('ends at the first piece that does not fit, although a later one would', () => {
    expect(cutLine([{ text: 'a漢' }, { text: 'bc' }], 3)).toEqual([{ text: 'a' }, { text: '…' }]);
  });
});
