import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { InvalidOptionError } from '../../errors.ts';
import { ledgerOf } from '../../idempotency/ledger.ts';
import type { Runtime } from '../../runtime.ts';
import { systemRuntime } from '../../runtime.ts';
import { itemOf } from '../../stream/lane.ts';
import type { MarshalledImage } from '../../stream/record.ts';

/** An item, as the records of its changes name it. */
export interface OpenedItem {
  readonly consumer: string;
  /** Of the table's stream, which is another one after it was turned off and on. */
  readonly streamArn: string;
  /** The whole key, marshalled as Lambda hands it over. */
  readonly keys: MarshalledImage;
}

/**
 * Opens a parked item whose letters are gone, by their age or by hand: its next changes are handled again. Letters that are
 * still there no longer wait for each other.
 * @param ledger that of the handler which parked it
 * @returns whether it was parked
 * @throws InvalidOptionError if the ledger remembers no items
 */
export async function openItem(
  ledger: BasePersistenceLayer,
  { consumer, streamArn, keys }: OpenedItem,
  runtime: Pick<Runtime, 'now'> = systemRuntime,
): Promise<boolean> {
  const { items } = ledgerOf(ledger);
  if (items === undefined)
    throw new InvalidOptionError(
      'openItem: only a ledger of dynamoDBLedger(...) or memoryLedger() parks items',
    );
  return items.open({ consumer, eventSourceArn: streamArn, item: itemOf({ keys }) }, runtime);
}
