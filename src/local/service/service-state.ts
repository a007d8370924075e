import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStackError } from '../../errors.ts';
import { isObject } from '../../stream/record.ts';
import type { Checkpoints } from '../stream/checkpoints.ts';
import type { Expiry } from './expired-items.ts';

/** What a service must remember, beside its tables and queues, to go on where it was. Plain data. */
export interface ServiceState {
  /** By mapping: its stream and its function. */
  readonly checkpoints: Readonly<Record<string, Checkpoints>>;
  readonly expired: readonly Expiry[];
}

const empty: ServiceState = { checkpoints: {}, expired: [] };
const fileIn = (dataDir: string) => join(dataDir, 'spillway.json');

/** Without a folder, or with nothing in it, nothing is remembered. @throws LocalStackError for a file that is damaged */
export async function readState(dataDir: string | undefined): Promise<ServiceState> {
  if (dataDir === undefined) return empty;
  let text: string;
  try {
    text = await readFile(fileIn(dataDir), 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return empty;
    throw new LocalStackError(
      `${fileIn(dataDir)}, which says how far the streams were read, cannot be read. Allow it, or give another folder.`,
      { cause },
    );
  }
  try {
    const state: unknown = JSON.parse(text);
    if (isObject(state) && isObject(state['checkpoints']) && Array.isArray(state['expired']))
      return state as unknown as ServiceState;
  } catch {
    // Said below.
  }
  throw new LocalStackError(
    `${fileIn(dataDir)} is not what was written there. Delete it: then each mapping begins anew, at its StartingPosition.`,
  );
}

/** Written whole under another name and then put in place, so that it is never half there. */
export async function writeState(dataDir: string, state: ServiceState): Promise<void> {
  const file = fileIn(dataDir);
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file);
}
