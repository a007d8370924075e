import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.ts';
import { parseFilterPattern } from '../../src/filter/parse-filter-pattern.ts';
import { refusedPatterns } from './refused-patterns.ts';

const ofLength = (length: number): string => `{"a":["${'x'.repeat(length - '{"a":[""]}'.length)}"]}`;

/** What plain JavaScript can hand over. */
const untyped = (value: unknown) => value as string;

describe('reading a filter pattern', () => {
  it.each(refusedPatterns)('refuses $it, and says where and why', ({ pattern, says }) => {
    const read = () => parseFilterPattern(typeof pattern === 'string' ? pattern : JSON.stringify(pattern));
    expect(read).toThrow(InvalidOptionError);
    expect(read).toThrow(/^Invalid filter pattern definition\. [A-Z].*\.$/);
    expect(read).toThrow(says);
  });

  it('says in which filter, if it is told', () => {
    expect(() => parseFilterPattern('{"a":{"b":[]}}', 2)).toThrow(
      'Invalid filter pattern definition. In filter 2, at a.b: the array of values must not be empty.',
    );
  });

  it.each(['{"a":["hunter2"', '{"a":"hunter2"}', '{"a":[{"prefix":["hunter2"]}]}', '"hunter2"'])(
    'does not quote literals, which may be values of items: %s',
    (pattern) => {
      expect(() => parseFilterPattern(pattern)).not.toThrow('hunter2');
      expect(() => parseFilterPattern(pattern)).toThrow(InvalidOptionError);
    },
  );

  it.each([undefined, null, { a: ['x'] }, 1])('refuses what is no text: %j', (pattern) => {
    expect(() => parseFilterPattern(untyped(pattern))).toThrow(
      'Invalid filter pattern definition. The pattern must be JSON text, a string.',
    );
  });

  it("takes 4,096 characters, and refuses one more in the words of AWS's validation", () => {
    expect(parseFilterPattern(ofLength(4_096)).fields).toHaveLength(1);
    expect(() => parseFilterPattern(ofLength(4_097), 3)).toThrow(
      new InvalidOptionError(
        "1 validation error detected: Value at 'filterCriteria.filters.3.member.pattern' failed to satisfy " +
          'constraint: Member must have length less than or equal to 4096',
      ),
    );
  });

  it('counts a character outside the basic plane once', () => {
    expect(parseFilterPattern(`{"a":["${'😀'.repeat(4_000)}"]}`).fields).toHaveLength(1);
  });

  it('takes patterns as deep as the length allows', () => {
    const depth = 680;
    expect(parseFilterPattern(`${'{"a":'.repeat(depth)}["x"]${'}'.repeat(depth)}`).fields).toHaveLength(1);
  });

  it('takes a key that is an operator outside $or: attributes may have such names', () => {
    expect(parseFilterPattern('{"dynamodb":{"NewImage":{"prefix":{"S":["x"]}}}}').fields).toHaveLength(1);
  });

  it('makes plain data, which can be taken apart and written down', () => {
    const pattern = parseFilterPattern(
      '{"a":["x",1.50,null,{"exists":false}],"$or":[{"b":{"c":[true]}},{"d":[{"numeric":[">",0,"<",1e1]}]}]}',
    );
    expect(pattern).toEqual({
      fields: [
        {
          kind: 'leaf',
          name: 'a',
          tests: [
            { kind: 'text', value: 'x' },
            { kind: 'number', written: '1.50' },
            { kind: 'null' },
            { kind: 'absent' },
          ],
        },
      ],
      anyOf: [
        { fields: [branch('b', leaf('c', { kind: 'boolean', value: true }))], anyOf: [] },
        { fields: [leaf('d', { kind: 'numeric', comparisons: [over(0), under(10)] })], anyOf: [] },
      ],
    });
    expect(JSON.parse(JSON.stringify(pattern))).toEqual(pattern);
  });
});

const leaf = (name: string, test: unknown) => ({ kind: 'leaf', name, tests: [test] });
const branch = (name: string, field: unknown) => ({
  kind: 'branch',
  name,
  pattern: { fields: [field], anyOf: [] },
});
const over = (operand: number) => ({ operator: '>', operand });
const under = (operand: number) => ({ operator: '<', operand });
