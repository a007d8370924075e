import { standingOf } from './entry.ts';
import type { Word } from './session.ts';
import type { Written } from './store.ts';

/** What a transaction's end says of the work. An unfinished claim of another run may still be released. */
export function commitWord(written: Written, nowMs: number): Word | 'settled' {
  if (written.kind === 'written') return 'kept';
  const { found } = written;
  return found !== undefined && standingOf(found, nowMs).kind === 'settled' ? 'settled' : 'lost';
}
