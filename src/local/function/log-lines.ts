import type { Readable } from 'node:stream';

/** A line that a function wrote to its standard output or standard error. */
export interface LogLine {
  readonly functionName: string;
  /** Of the invocation that ran; there is none while the function's modules load. */
  readonly requestId?: string;
  readonly text: string;
}

export interface LineReader {
  /** Gives out what has no line end yet as a line. */
  readonly flush: () => void;
}

/** Cuts a stream into lines, whose ends may be LF or CRLF. */
export function readLines(stream: Readable, onText: (text: string) => void): LineReader {
  let open = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${open}${chunk}`.split(/\r?\n/);
    open = lines.pop() ?? '';
    lines.forEach(onText);
  });
  return {
    flush: () => {
      const text = open;
      open = '';
      if (text !== '') onText(text);
    },
  };
}
