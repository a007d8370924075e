import { describe, expect, it } from 'vitest';
import { linesTo } from '../../src/cli/lines-to.ts';
import { messageOf, shortMessageOf } from '../../src/cli/message-of.ts';
import { ReplayError } from '../../src/errors.ts';

function written(line: string): string {
  let text = '';
  const write = (piece: string) => {
    text += piece;
    return true;
  };
  linesTo({ write })(line);
  return text;
}

describe('a line', () => {
  it('keeps its colours, tabs and line feeds', () => {
    expect(written('\u001b[1mage\u001b[22m\ttable\nrow')).toBe('\u001b[1mage\u001b[22m\ttable\nrow\n');
  });

  it.each([
    ['clears the screen', '\u001b[2J', '\\u001b[2J\n'],
    ['sets the title', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007\n'],
    ['returns to its beginning', 'a\rb', 'a\\u000db\n'],
    ['turns the direction of writing', 'a\u202eb', 'a\\u202eb\n'],
    ['is an escape of one character', '\u009b2J', '\\u009b2J\n'],
  ])('has nothing in it that %s', (_, line, shown) => {
    expect(written(line)).toBe(shown);
  });
});

describe('the text of an error', () => {
  it('has the name and the words of what AWS said', () => {
    const cause = Object.assign(new Error('no character of that kind'), { name: 'InvalidMessageContents' });
    const error = new ReplayError('SQS refused it.', { cause });
    expect(shortMessageOf(error)).toBe('SQS refused it. (InvalidMessageContents: no character of that kind)');
    expect(messageOf(error)).toBe(shortMessageOf(error));
  });

  it('has the code of what has no words', () => {
    const cause = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(shortMessageOf(new ReplayError('no answer.', { cause }))).toBe('no answer. (ECONNREFUSED)');
  });
});
