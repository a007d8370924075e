import { isObject } from '../../stream/record.ts';
import type { Paint } from '../paint.ts';

/** A line that a function wrote, for reading: Spillway's own lines of JSON in short, any other as it is. */
export function logText(text: string, paint: Paint): string {
  const entry = readEntry(text);
  if (entry === undefined) return text;
  const { level, message, route, attempts, hint } = entry;
  const facts = [
    ...(typeof route === 'string' ? [`route ${route}`] : []),
    ...errorFacts(entry['error'], 'error'),
    ...errorFacts(entry['cause'], 'caused by'),
    ...(typeof attempts === 'number' && attempts > 1 ? [`${attempts} attempts`] : []),
    ...countFacts(entry['counts']),
    ...(typeof hint === 'string' ? [hint] : []),
  ];
  const colour = level === 'ERROR' ? 'red' : 'yellow';
  return [paint(colour, `${String(level)} ${String(message)}`), ...facts].join('; ');
}

type Entry = Readonly<Record<string, unknown>>;

/** Undefined for a line that is not Spillway's. */
function readEntry(text: string): Entry | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const entry: unknown = JSON.parse(text);
    if (!isObject(entry)) return undefined;
    const { level, message } = entry;
    const isOurs = typeof message === 'string' && message.startsWith('spillway: ');
    return isOurs && (level === 'WARN' || level === 'ERROR') ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Its name, what Spillway says of it, and the place. */
function errorFacts(error: unknown, word: string): readonly string[] {
  if (!isObject(error)) return [];
  const { name, text, at } = error;
  const said = typeof text === 'string' ? `: ${text}` : '';
  const place = typeof at === 'string' ? ` at ${at}` : '';
  return [`${word} ${String(name)}${said}${place}`];
}

function countFacts(counts: unknown): readonly string[] {
  if (!isObject(counts)) return [];
  const some = Object.entries(counts).filter(([, count]) => count !== 0);
  return some.length === 0 ? [] : [some.map(([outcome, count]) => `${String(count)} ${outcome}`).join(', ')];
}
