import { LocalStackError } from '../../errors.ts';
import { brokenAt } from './broken-json.ts';
import type { Json } from './json.ts';

/** @throws LocalStackError with the line and the column of what is wrong */
export function parseJson(text: string, path: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const lines = text.slice(0, brokenAt(text)).split('\n');
    const column = (lines.at(-1) ?? '').length + 1;
    throw new LocalStackError(
      `The template ${path} is not JSON: see line ${lines.length}, column ${column}. Correct it there.`,
      { cause },
    );
  }
}
