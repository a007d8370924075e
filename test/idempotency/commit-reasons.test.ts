import { describe, expect, it } from 'vitest';
import type { CommitConditionError } from '../../src/errors.ts';
import { SpillwayError } from '../../src/errors.ts';
import { commitTransaction } from '../../src/idempotency/dynamodb-commit.ts';
import { attributesOf } from '../../src/idempotency/ledger-item.ts';
import { verdictOn } from '../../src/processing/verdict.ts';
import { cancelled, fault, scriptedClient } from './commit-client.ts';
import { commitTarget, completion, increment, over, putNew, thrownBy } from './commit-target.ts';

describe('reasons for a cancellation', () => {
  const none = { Code: 'None' };
  const condition = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
  const conflict = { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
  const throttled = { Code: 'ThrottlingError', Message: 'Throughput exceeds the current capacity' };
  const provisioned = { Code: 'ProvisionedThroughputExceeded', Message: 'The level of throughput' };
  const invalid = { Code: 'ValidationError', Message: 'An operand has an incorrect data type' };

  /** Two writes of the user's, then the entry. */
  const attempt = (reasons: readonly object[], entry = completion('me')) =>
    commitTransaction(
      commitTarget(scriptedClient(cancelled(...reasons)).client, 'Ledger'),
      over('claimed', [increment('Orders', 'a'), putNew('Orders', 'b')], entry),
    );

  it.each([
    ['nothing else', [none, none]],
    ["a condition of the user's", [none, condition]],
    ['a conflict', [conflict, none]],
    ['an invalid write', [invalid, none]],
  ])("the entry's own condition wins over %s", async (_, others) => {
    expect(await attempt([...others, condition])).toEqual({ kind: 'refused', found: undefined });
  });

  it('the work is done if what was found is our own completion, whatever else there is', async () => {
    const Item = attributesOf(completion('me'));
    expect(await attempt([conflict, condition, { ...condition, Item }])).toEqual({ kind: 'written' });
  });

  it.each([
    ['conflicts', [conflict, none, none]],
    ['a conflict on the entry', [none, none, conflict]],
    ['throttling', [none, throttled, none]],
    ['provisioned throughput', [provisioned, throttled, conflict]],
  ])('%s pass as the SDK threw them, and are transient', async (_, reasons) => {
    const error = await thrownBy(attempt(reasons));
    expect(error).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: reasons,
    });
    expect(verdictOn(error, undefined)).toBe('transient');
  });

  it.each([
    ['a conflict', [condition, conflict, none]],
    ['a conflict on the entry', [none, condition, conflict]],
    ['throttling', [throttled, condition, none]],
    ['an invalid write', [invalid, condition, none]],
    ['a code that is new', [condition, { Code: 'NotYetThoughtOf' }, none]],
  ])("a condition of the user's beside %s is not told of yet", async (_, reasons) => {
    const error = await thrownBy(attempt(reasons));
    expect(error).toMatchObject({ name: 'TransactionCanceledException' });
    expect(error).not.toBeInstanceOf(SpillwayError);
  });

  it.each([
    ['are none', []],
    ['are too few', [none, condition]],
    ['are too many', [none, none, condition, none]],
    ['blame nobody', [none, none, none]],
  ])('that %s are left as the SDK threw them', async (_, reasons) => {
    const error = await thrownBy(attempt(reasons));
    expect(error).toMatchObject({ name: 'TransactionCanceledException' });
    expect(error).not.toBeInstanceOf(SpillwayError);
  });

  it('may leave out the codes of the innocent and the items of the guilty', async () => {
    const error = await thrownBy(attempt([{}, condition, {}]));
    expect((error as CommitConditionError).failures).toEqual([{ index: 1, tableName: 'Orders' }]);
  });

  it('an item that the SDK cannot read whole is left out', async () => {
    const Item = JSON.parse('{"id":{"S":"b"},"__proto__":{"S":"lost"}}') as object;
    const error = await thrownBy(attempt([none, { ...condition, Item }, none]));
    expect((error as CommitConditionError).failures).toEqual([{ index: 1, tableName: 'Orders' }]);
  });

  it.each(['IdempotentParameterMismatchException', 'ResourceNotFoundException', 'AccessDeniedException'])(
    'a %s is handed on',
    async (name) => {
      const target = commitTarget(scriptedClient(fault(name)).client, 'Ledger');
      expect(await thrownBy(commitTransaction(target, over('claimed', [])))).toMatchObject({ name });
    },
  );

  it('a transaction of ours that is still going on is waited for by the SDK', async () => {
    const { client: scripted, bodies } = scriptedClient(fault('TransactionInProgressException'), {
      status: 200,
      body: {},
    });
    const request = over('claimed', []);
    expect(await commitTransaction(commitTarget(scripted, 'Ledger'), request)).toEqual({ kind: 'written' });
    expect(bodies).toHaveLength(2);
  });
});

describe('the token of a transaction', () => {
  it('is kept through the tries of the SDK, and is another one when the commit is called again', async () => {
    const { client: scripted, bodies } = scriptedClient({ status: 500, body: {} }, { status: 200, body: {} });
    const target = commitTarget(scripted, 'Ledger');
    await commitTransaction(target, over('claimed', []));
    await commitTransaction(target, over('claimed', []));
    const tokens = bodies.map(
      (body) => (JSON.parse(body) as { readonly ClientRequestToken: string }).ClientRequestToken,
    );
    expect(tokens).toHaveLength(3);
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });
});
