import { harmlessLines } from './quote-text.ts';

/**
 * Writes lines to a stream. All that a command says goes this way, whoever's words are in it: letters may be made by hand,
 * and a table's name or an error hold what a terminal would obey.
 */
export const linesTo =
  (stream: Pick<NodeJS.WriteStream, 'write'>): ((line: string) => void) =>
  (line) =>
    void stream.write(`${harmlessLines(line)}\n`);
