import type { Run } from './checks.ts';
import type { Expected } from './expected.ts';
import { expectedOf } from './expected.ts';
import type { Shop } from './open-shop.ts';
import type { Facts } from './read-back.ts';
import { readBack } from './read-back.ts';
import type { Scenario } from './scenario.ts';
import { scenarioWrites, stockWrite } from './scenario-writes.ts';
import type { Write } from './writes.ts';
import { sendAll } from './writes.ts';

/** A scenario that is ready to be played. */
export interface Play {
  /** How many changes will be in the stream at the end. */
  readonly changes: number;
  readonly expected: Expected;
  readonly stock: Write;
  readonly lists: readonly (readonly Write[])[];
}

export function preparePlay(scenario: Scenario, now: Date): Play {
  const expected = expectedOf(scenario);
  const stock = stockWrite(scenario);
  const lists = scenarioWrites(scenario, now);
  const byCustomers = [stock, ...lists.flat()].flatMap(({ changes }) => changes).length;
  return { changes: byCustomers + expected.changesByHandlers, expected, stock, lists };
}

/** Writes what the scenario says, waits until all is handled, and reads what came of it. */
export async function perform(
  { expected, stock, lists }: Play,
  shop: Shop,
  onWritten: (changes: number) => void = () => undefined,
): Promise<{ readonly facts: Facts; readonly run: Run }> {
  const { dynamodb } = shop.clients;
  const written: string[] = [];
  const onSent = ({ changes }: Write) => {
    written.push(...changes);
    onWritten(written.length);
  };
  await sendAll(dynamodb, [[stock]], { atOnce: 1, onSent });
  await sendAll(dynamodb, lists, { atOnce: 10, onSent });
  await shop.untilQuiet();
  const facts = await readBack(shop.clients, shop.resources);
  return { facts, run: { written, deliveredAgain: shop.deliveredAgain(), expected } };
}
