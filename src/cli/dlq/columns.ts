import type { MarshalledImage } from '../../stream/record.ts';
import { decodeImage } from '../../stream/attribute-value.ts';
import { UnreadableRecordError } from '../../errors.ts';
import { keysText } from '../item-text.ts';
import { bareText } from '../quote-text.ts';

/** What is not there. */
export const nothing = '-';

const longestWord = 80;

export const cutWord = (text: string): string =>
  text.length <= longestWord ? text : `${text.slice(0, longestWord - 1)}…`;

/** A word of a message: what was made by hand may be long, and hold what a terminal obeys. */
export function wordText(text: string | null | undefined): string {
  if (text === null || text === undefined || text === '') return nothing;
  return bareText(cutWord(text));
}

/** Keys are data: their names are told, and their values only to those who ask. */
export function maskedKeys(keys: MarshalledImage | undefined, showKeys: boolean): string {
  if (keys === undefined || Object.keys(keys).length === 0) return nothing;
  if (!showKeys)
    return Object.keys(keys)
      .sort()
      .map((name) => `${wordText(name)}=…`)
      .join(' ');
  try {
    return keysText(decodeImage(keys));
  } catch (error) {
    if (error instanceof UnreadableRecordError) return 'not readable';
    throw error;
  }
}
