import { LedgerError } from '../errors.ts';
import type { Store } from './store.ts';

/** @throws LedgerError, with what the store said as its cause */
export async function reach<Result>(
  { description }: Pick<Store, 'description'>,
  what: string,
  use: () => Promise<Result>,
): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    throw new LedgerError(
      `the ledger (${description}) could not ${what}. Does it exist, and may the function use it?`,
      { cause },
    );
  }
}
