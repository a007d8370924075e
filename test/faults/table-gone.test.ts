import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerError } from '../../src/errors.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { dynamoDBClient, makeTable } from '../idempotency/tables.ts';
import { expectEachOnceInOrder, expectNothingLost, expectOrderInDeliveries } from './bounds.ts';
import type { Lab } from './lab.ts';
import { openLab } from './lab.ts';
import type { LogEntry } from './work-off.ts';
import { changesOf, guarantees, recordsOf, workOff } from './work-off.ts';

let stack: LocalStack;
let direct: DynamoDBClient;
let labs = 0;
beforeAll(async () => {
  stack = await startLocalStack();
  direct = dynamoDBClient(stack);
});
afterAll(async () => {
  direct.destroy();
  await stack.stop();
});

const lab = () => openLab({ stack, direct, name: `Gone${(labs += 1)}` });
const remove = ({ ledgerTable }: Lab) => direct.send(new DeleteTableCommand({ TableName: ledgerTable }));
const restore = ({ ledgerTable }: Lab) => makeTable(direct, ledgerTable, ['id']);

const changes = changesOf(['a', 'b', 'c', 'd'], 5);
const remainingMs = 2_000;

/** While the table is gone nothing runs, and what is told of each record says what is missing. */
function expectRefusals(log: readonly LogEntry[], ledgerTable: string): void {
  const told = log.filter((entry) => entry.kind === 'told');
  expect(log.filter(({ kind }) => kind === 'run')).toEqual([]);
  expect(told.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'blocked')).not.toEqual([]);
  for (const { outcome, error } of told) {
    expect(['failed', 'blocked']).toContain(outcome);
    if (outcome === 'blocked') continue;
    expect(error).toBeInstanceOf(LedgerError);
    expect((error as LedgerError).message).toContain(`"${ledgerTable}"`);
  }
}

describe.each(guarantees)(
  'a ledger\'s table that vanishes and comes back, with the guarantee "%s"',
  (guarantee) => {
    it('Promises 1, 2 and 4: between two batches: all waits for it, and nothing is done twice', async () => {
      await using its = await lab();
      const { log } = await workOff({
        ...its,
        guarantee,
        records: recordsOf(changes),
        effect: () => nextTurn(),
        remainingMs,
        async onDelivered(delivery) {
          if (delivery === 1) await remove(its);
          if (delivery === 4) await restore(its);
        },
      });
      expectEachOnceInOrder(log, changes);
      expectNothingLost(log, changes);
      for (const gone of [2, 3, 4])
        expectRefusals(
          log.filter(({ delivery }) => delivery === gone),
          its.ledgerTable,
        );
    });

    it('Promises 1 and 2: in the middle of a batch: what it remembered may be done again, and nothing is lost', async () => {
      await using its = await lab();
      let runs = 0;
      const { log } = await workOff({
        ...its,
        guarantee,
        records: recordsOf(changes),
        async effect() {
          if ((runs += 1) === 5) await remove(its);
        },
        remainingMs,
        async onDelivered(delivery) {
          if (delivery === 3) await restore(its);
        },
      });
      expectNothingLost(log, changes);
      expectOrderInDeliveries(log);
      // A checkpoint needs the table at the batch's beginning only, if the batch then ends well.
      for (const gone of [2, 3])
        expectRefusals(
          log.filter(({ delivery }) => delivery === gone),
          its.ledgerTable,
        );
    });
  },
);
