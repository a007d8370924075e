export interface NumberedLine {
  /** From 1. */
  readonly number: number;
  /** Undefined for one that is not UTF-8, or too long. */
  readonly text: string | undefined;
}

/** A message of 1 MiB with every character written as `\u....`, and room for its attributes. */
const longestByDefault = 16 * 1_048_576;
const lineFeed = 10;

/**
 * The lines of a text that comes in pieces; empty ones are left out. Not Node's `readline`: that one ends a line at U+2028
 * too, which JSON may hold as it is.
 */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  longest = longestByDefault,
): AsyncGenerator<NumberedLine, void> {
  let number = 1;
  let begun: Uint8Array[] = [];
  let length = 0;
  const take = (piece: Uint8Array) => {
    length += piece.length;
    if (length <= longest) begun.push(piece);
  };
  const end = (): NumberedLine => {
    const line = { number, text: length > longest ? undefined : decode(begun) };
    number += 1;
    [begun, length] = [[], 0];
    return line;
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, from)) {
      take(piece.subarray(from, at));
      const line = end();
      if (line.text !== '') yield line;
      from = at + 1;
    }
    if (from < piece.length) take(piece.subarray(from));
  }
  if (length > 0) yield end();
}

function decode(pieces: readonly Uint8Array[]): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  } catch {
    return undefined;
  }
}
