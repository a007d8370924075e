import { stripVTControlCharacters } from 'node:util';

/** Of what the framework says, this is the same each time. */
const chatter = /^(Environment:|Docs:|Packaging .+ for stage )/;

/** Places in libraries and in Node.js itself. */
const foreignFrame = /^\s+at (.*(node_modules|node:|\(<anonymous>\))|<anonymous>)/;

/** What the framework said when it failed, without what helps nobody. */
export function packagingMessage(said: string): string {
  const lines = stripVTControlCharacters(said)
    .split(/\r?\n/)
    .filter((line) => !chatter.test(line) && !foreignFrame.test(line))
    .map((line) => line.trimEnd());
  const text = lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  return `The service could not be packaged.${text === '' ? ' The framework did not say why.' : `\n\n${text}`}`;
}
