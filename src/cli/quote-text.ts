/** Control characters, line separators and marks of writing direction: in a terminal they would do more than show. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON text with nothing in it that a terminal would obey; it stays the same JSON. */
export const harmless = (json: string): string => json.replaceAll(unprintable, escaped);

/** What may stay in a text of several lines that was painted: line feeds, tabs, and escapes that do no more than colour. */
// eslint-disable-next-line no-control-regex -- an escape begins with one
const laidOut = /^(?:[\n\t]|\u001b\[[\d;]*m)$/;

const colourOr = new RegExp(`\u001b\\[[\\d;]*m|${unprintable.source}`, 'g');

/** Lines, as they were laid out and painted, with nothing else in them that a terminal would obey. */
export const harmlessLines = (text: string): string =>
  text.replaceAll(colourOr, (found) => (laidOut.test(found) ? found : escaped(found)));

/** A text between quotation marks, as in JSON. */
export const quoteText = (text: string): string => harmless(JSON.stringify(text));

/** A name or key as it is where that can be read without doubt, else as {@link quoteText}. */
export const bareText = (text: string): string =>
  /^[\p{L}\p{N}_#:.@/+|~$%&*-]+$/u.test(text) ? text : quoteText(text);
