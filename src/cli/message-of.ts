import { SpillwayError } from '../errors.ts';

/** Ours say what to do; of another one its place may help. Then what was underneath. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error instanceof SpillwayError ? error.message : (error.stack ?? error.message)}${cause}`;
}
