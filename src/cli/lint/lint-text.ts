import { stripVTControlCharacters } from 'node:util';

/** Of what the framework says, this is the same each time, or is for its own authors. */
const chatter = /^(Environment:|Docs:|Error:$)/;
/** The plugin's own lines begin so. */
const ofPlugin = /^(Warning: )?spillway: /m;

/** What the framework said, without what helps nobody; and whether the plugin is among those that said it. */
export function lintText(said: string): { readonly text: string; readonly isOfPlugin: boolean } {
  const text = stripVTControlCharacters(said)
    .split(/\r?\n/)
    .filter((line) => !chatter.test(line))
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll(/\n{2,}/g, '\n')
    .trim();
  return { text: text.replaceAll(/^spillway: /gm, ''), isOfPlugin: ofPlugin.test(text) };
}
