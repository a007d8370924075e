import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../demo/checks.ts';
import { checksOf, holds } from '../../demo/checks.ts';
import { openShop } from '../../demo/open-shop.ts';
import { perform, preparePlay } from '../../demo/play.ts';
import type { Facts } from '../../demo/read-back.ts';
import { createScenario } from '../../demo/scenario.ts';

let facts: Facts;
let run: Run;

/** A small part of the demo, once, on the real engines. */
beforeAll(async () => {
  const all = createScenario();
  const scenario = { ...all, customers: all.customers.slice(55), orders: all.orders.slice(0, 30) };
  await using shop = await openShop({ log: 'off', loseResponseFrom: 5 });
  ({ facts, run } = await perform(preparePlay(scenario, new Date()), shop));
});

const failing = (changed: Partial<Facts>): readonly string[] =>
  checksOf({ ...facts, ...changed }, run)
    .filter((check) => !holds(check))
    .map(({ what }) => what);

describe('the shop on the real engines', () => {
  it('handles every change once and in order, or writes a letter', () => {
    expect(checksOf(facts, run).filter((check) => !holds(check))).toEqual([]);
    expect(run.deliveredAgain.length).toBeGreaterThanOrEqual(10);
    expect(facts.letters.length).toBeGreaterThan(3);
  });
});

/** The audit row of the item with the most changes, with its list changed. */
const withAudit = (change: (numbers: readonly AttributeValue[]) => AttributeValue[]): Partial<Facts> => {
  const lengthOf = (row: Facts['audit'][number]) => row['handled']?.L?.length ?? 0;
  const longest = Math.max(...facts.audit.map(lengthOf));
  const index = facts.audit.findIndex((row) => lengthOf(row) === longest);
  const row = facts.audit[index] ?? {};
  return { audit: facts.audit.with(index, { ...row, handled: { L: change(row['handled']?.L ?? []) } }) };
};

describe("the demo's check", () => {
  it('sees a change that nobody has handled', () => {
    expect(failing(withAudit((numbers) => numbers.slice(1)))).toContain('… lost');
    const eventId = facts.changes[0]?.eventId ?? '';
    const ledger = facts.ledger.filter((row) => !row['id']?.S?.endsWith(`#${eventId}`));
    expect(failing({ ledger })).toEqual(['… handled', '… lost']);
  });

  it('sees a claim that is still open', () => {
    const [first = {}, ...others] = facts.ledger;
    expect(failing({ ledger: [{ ...first, status: { S: 'INPROGRESS' } }, ...others] })).toContain(
      '… handled',
    );
  });

  it('sees a change that was handled twice', () => {
    expect(failing(withAudit((numbers) => [...numbers.slice(0, 1), ...numbers]))).toContain('handled twice');
  });

  it('sees changes of an item that were handled in the wrong order', () => {
    expect(failing(withAudit((numbers) => numbers.toReversed()))).toEqual(['order violations']);
  });

  it('sees a letter that is missing', () => {
    expect(failing({ letters: facts.letters.slice(1) })).toContain('letters, by their poison');
  });

  it('sees a stock level that does not add up', () => {
    const shop = facts.shop.map((row) => (row['available'] ? { ...row, available: { N: '1' } } : row));
    expect(failing({ shop })).toEqual(['stock, totals and notes']);
  });
});
