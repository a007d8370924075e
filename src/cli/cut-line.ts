import type { Paint } from './paint.ts';

/** A piece of a line, and how it is painted. */
export interface Piece {
  readonly text: string;
  readonly format?: Parameters<Paint>[0];
}

/** As many pieces as the width of the terminal holds, then an ellipsis. Widths are counted before anything is painted. */
export function cutLine(pieces: readonly Piece[], columns: number): readonly Piece[] {
  if (pieces.reduce((sum, { text }) => sum + widthOf(text), 0) <= columns) return pieces;
  const kept: Piece[] = [];
  let left = columns - 1;
  for (const piece of pieces) {
    const text = beginningOf(piece.text, left);
    kept.push({ ...piece, text });
    left -= widthOf(text);
    if (text !== piece.text) break;
  }
  return [...kept, { text: '…' }];
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Emoji, Chinese, Japanese and Korean characters take two columns of a terminal. */
const wide =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff00-\uff60]/u;

const columnsOf = (grapheme: string): number => (wide.test(grapheme) ? 2 : 1);

/** The columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length;
  return [...graphemes.segment(text)].reduce((sum, { segment }) => sum + columnsOf(segment), 0);
}

function beginningOf(text: string, columns: number): string {
  if (isPlain(text)) return text.slice(0, Math.max(0, columns));
  let left = columns;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    left -= columnsOf(segment);
    if (left < 0) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
