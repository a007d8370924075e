import { describe, expect, it } from 'vitest';
import { isWanted } from '../../../src/cli/tail/is-wanted.ts';
import { readCondition } from '../../../src/cli/tail/read-condition.ts';
import { readRecord } from '../../../src/stream/read-record.ts';
import type { EventName } from '../../../src/stream/record.ts';
import { eventNames } from '../../../src/stream/record.ts';
import type { ChangeParts } from './changes.ts';
import { recordOf } from './changes.ts';

const isShown = (eventName: EventName, parts: ChangeParts, ...conditions: readonly string[]) =>
  isWanted(readRecord(recordOf(eventName, parts)), {
    eventNames,
    conditions: conditions.map(readCondition),
  });

const item = {
  status: 'paid',
  total: 12.5,
  count: 5,
  big: 12_345_678_901_234_567_890n,
  text: '5',
  isGift: true,
  note: null,
  word: 'true',
  empty: '',
  formula: 'a=b?',
};

describe('a condition of --where', () => {
  it.each([
    ['status=paid', true],
    ['status=pai', false],
    ['status!=paid', false],
    ['status!=placed', true],
    ['missing!=paid', true],
    ['missing=paid', false],
    ['total=12.5', true],
    ['total=12.50', true],
    ['count=5', true],
    ['text=5', true],
    ['text=5.0', false],
    ['big=12345678901234567890', true],
    ['big=12345678901234567891', false],
    ['isGift=true', true],
    ['isGift=false', false],
    ['word=true', true],
    ['note=null', true],
    ['note!=null', false],
    ['empty=', true],
    ['status=', false],
    ['pk=a', true],
    ['status^=pa', true],
    ['status^=aid', false],
    ['status$=id', true],
    ['status$=pa', false],
    ['count^=5', false],
    ['note?', true],
    ['missing?', false],
    ['missing!?', true],
    ['note!?', false],
    ['toString?', false],
    ['formula=a=b?', true],
  ])('%s holds or not: %s', (condition, expected) => {
    expect(isShown('INSERT', { newImage: item }, condition)).toBe(expected);
  });

  it.each(['', 'status', '=', '=paid', '?', 'status^=', 'status$='])('cannot be written as "%s"', (text) => {
    expect(() => readCondition(text)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }) as Error);
  });

  it('must hold together with the others', () => {
    expect(isShown('INSERT', { newImage: item }, 'status=paid', 'count=5')).toBe(true);
    expect(isShown('INSERT', { newImage: item }, 'status=paid', 'count=6')).toBe(false);
  });

  it('is met by a MODIFY if either image meets all of them', () => {
    const change = { oldImage: { status: 'placed', n: 1 }, newImage: { status: 'paid', n: 2 } };
    expect(isShown('MODIFY', change, 'status=placed')).toBe(true);
    expect(isShown('MODIFY', change, 'status=paid')).toBe(true);
    expect(isShown('MODIFY', change, 'status=paid', 'n=2')).toBe(true);
    expect(isShown('MODIFY', change, 'status=paid', 'n=1')).toBe(false);
    expect(isShown('MODIFY', change, 'status=lost')).toBe(false);
  });

  it('reads the old image of a REMOVE, and the key where there is no image', () => {
    expect(isShown('REMOVE', { oldImage: { status: 'paid' } }, 'status=paid')).toBe(true);
    expect(isShown('MODIFY', {}, 'pk^=a')).toBe(true);
    expect(isShown('MODIFY', {}, 'status?')).toBe(false);
  });

  it('names the attribute that cannot be read, and not its value', () => {
    const record = recordOf('INSERT', { newImage: {} });
    Object.assign(record.dynamodb ?? {}, { NewImage: { pk: { S: 'a' }, broken: 'secret' } });
    const look = () =>
      isWanted(readRecord(record), { eventNames, conditions: [readCondition('broken=secret')] });
    expect(look).toThrow('attribute "broken": an attribute value is not a typed attribute value');
  });
});
