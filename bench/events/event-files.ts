import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventOptions } from './event-text.ts';
import { eventText } from './event-text.ts';

/** Events that are made once and read by every child process, which so sees nothing but their JSON, as on Lambda. */
export interface EventFiles {
  readonly directory: string;
  remove(): void;
}

export function writeEventFiles(events: readonly EventOptions[]): EventFiles {
  const directory = mkdtempSync(join(tmpdir(), 'spillway-bench-'));
  for (const options of events) writeFileSync(fileIn(directory, options), eventText(options));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export const readEventFile = (directory: string, options: EventOptions): string =>
  readFileSync(fileIn(directory, options), 'utf8');

const fileIn = (directory: string, { records, recordsPerItem }: EventOptions): string =>
  join(directory, `${records}-records-${recordsPerItem}-per-item.json`);
