import { SpillwayError } from '../errors.ts';

/** Ours say what to do; of another one its place may help. Then what was underneath. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error instanceof SpillwayError ? error.message : (error.stack ?? error.message)}${causeText(error)}`;
}

/** The same for the midst of a line: no stack. */
export function shortMessageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error instanceof SpillwayError ? error.message : named(error)}${causeText(error)}`;
}

const causeText = ({ cause }: Error): string => (cause instanceof Error ? ` (${named(cause)})` : '');

/** AWS says much by the names of its errors, and Node.js's of a refused connection have nothing but a code. */
function named(error: Error): string {
  const { name, message } = error;
  const text = message || ('code' in error && typeof error.code === 'string' ? error.code : '');
  if (text === '') return name;
  return name === 'Error' || name === 'AggregateError' || text.startsWith(name) ? text : `${name}: ${text}`;
}
