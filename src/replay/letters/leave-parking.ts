import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Letter } from '../../dead-letter/letter.ts';
import { InvalidOptionError, ReplayError } from '../../errors.ts';
import { ledgerOf } from '../../idempotency/ledger.ts';
import { itemNameOf } from '../../processing/item-of.ts';
import type { Runtime } from '../../runtime.ts';
import { systemRuntime } from '../../runtime.ts';

/**
 * Lets a letter of a parked item go from its place in the ledger, so that the item's next one may run; with the last, the
 * item is not parked any more. Rejects for one that others stand before.
 * @param ledger that of the handler which parked it
 * @throws InvalidOptionError if it remembers no items
 */
export function leaveParking(
  ledger: BasePersistenceLayer,
  runtime: Pick<Runtime, 'now'> = systemRuntime,
): (letter: Letter) => Promise<void> {
  const { items } = ledgerOf(ledger);
  if (items === undefined)
    throw new InvalidOptionError(
      'leaveParking: only a ledger of dynamoDBLedger(...) or memoryLedger() parks items',
    );
  return async ({ consumer, record, parked }) => {
    const item = itemNameOf(consumer, record);
    if (item === undefined || parked === undefined) return;
    const turn = await items.turnOf(item, parked, runtime);
    if (turn === 'later')
      throw new ReplayError(
        'an earlier letter of its item is not settled: replay that one, or drop it as well',
      );
    if (turn === 'now') await items.leave(item, parked, runtime);
  };
}
