import { describe, expect, it } from 'vitest';
import { readKey, readRate, readTime, readWithin } from '../../../src/cli/dlq/read-choice.ts';

const now = Date.parse('2026-01-10T00:00:00Z');

describe('a point in time', () => {
  it.each([
    ['90m', '2026-01-09T22:30:00.000Z'],
    ['2h', '2026-01-09T22:00:00.000Z'],
    ['3d', '2026-01-07T00:00:00.000Z'],
    ['1w', '2026-01-03T00:00:00.000Z'],
    ['2026-01-01T12:00:00Z', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01', '2026-01-01T00:00:00.000Z'],
  ])('is %s', (text, wanted) => {
    expect(readTime(text)(now).toISOString()).toBe(wanted);
  });

  it.each(['', '5', '5y', 'yesterday', '-3d', '2026', '2026-13-01T00:00:00Z'])('is not %j', (text) => {
    expect(() => readTime(text)).toThrow('It takes a time as 2026-01-31T14:00:00Z, or an age as 90m');
  });
});

describe('a key', () => {
  it.each([
    ['pk=ORDER#1', [{ pk: 'ORDER#1' }]],
    ['pk=a=b', [{ pk: 'a=b' }]],
    ['n=5', [{ n: '5' }, { n: 5 }]],
    ['{"pk":"a","n":5}', [{ pk: 'a', n: 5 }]],
    ['{"n":12345678901234567890}', [{ n: 12_345_678_901_234_567_890n }]],
    ['{"b":{"$binary":"/wA="}}', [{ b: new Uint8Array([255, 0]) }]],
    ['{"__proto__":"a"}', [Object.fromEntries([['__proto__', 'a']])]],
  ])('is %s', (text, wanted) => {
    expect(readKey(text)).toEqual(wanted);
  });

  it.each(['', 'secret', '=secret', '{"pk":', '{}', '{"pk":true}', '{"pk":{"S":"secret"}}'])(
    'is not %j, and nothing of it is quoted',
    (text) => {
      expect(() => readKey(text)).toThrow(/^It takes NAME=VALUE, or the key as JSON: (?!.*secret)/);
    },
  );
});

describe('a rate', () => {
  it.each([
    ['20/s', 20],
    ['20', 20],
    ['0.5/s', 0.5],
  ])('is %s', (text, wanted) => {
    expect(readRate(text)).toBe(wanted);
  });

  it.each(['', '0', '-1', '20/m', 'fast', '99999999', '0.0001'])('is not %j', (text) => {
    expect(() => readRate(text)).toThrow('It takes so many a second, from 0.001 to 100000: 20/s.');
  });
});

it('takes a number within bounds', () => {
  expect(readWithin(2, 10)('10')).toBe(10);
  for (const text of ['1', '11', '1e1', '']) expect(() => readWithin(2, 10)(text)).toThrow('from 2 to 10');
});
