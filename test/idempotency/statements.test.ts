import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/idempotency/entry.ts';
import { attributesOf } from '../../src/idempotency/ledger-item.ts';
import { createClaimLedger } from '../../src/idempotency/claim-ledger.ts';
import { dynamoDBStore } from '../../src/idempotency/dynamodb-store.ts';
import { runStatements, statementsFor } from '../../src/idempotency/statements.ts';
import { verdictOn } from '../../src/processing/verdict.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { fault, scriptedClient } from './commit-client.ts';
import { claim, completion, thrownBy } from './commit-target.ts';
import { openSession, workOf } from './open-session.ts';

const statements = statementsFor('Ledger');
const batch = ['a', 'b', 'c'].map((key) => statements.insert(claim('me', key)));

/** What each of the three statements is answered with. */
const responses = (...Responses: readonly object[]) => ({ status: 200, body: { Responses } });
const answered = (...each: readonly object[]) =>
  runStatements(scriptedClient(responses(...each)).client, batch);

const errorOf = (Code: string, rest: object = {}) => ({ Error: { Code, Message: 'S3CRET value', ...rest } });

async function errorFor(Code: string): Promise<unknown> {
  const [first] = await answered(errorOf(Code), {}, {});
  return first !== undefined && 'error' in first ? first.error : expect.unreachable('there is no error');
}

describe('the answer to each statement of a batch', () => {
  it('is that it was written if there is no error', async () => {
    expect(await answered({}, { TableName: 'Ledger' }, {})).toEqual(
      Array.from({ length: 3 }, () => ({ result: { kind: 'written' } })),
    );
  });

  it.each(['DuplicateItem', 'ConditionalCheckFailed'])(
    'is a refusal for %s, with what is there if DynamoDB tells it',
    async (code) => {
      const there: Entry = { ...completion('another'), data: 'dead-lettered' };
      expect(await answered(errorOf(code), {}, errorOf(code, { Item: attributesOf(there) }))).toEqual([
        { result: { kind: 'refused', found: undefined } },
        { result: { kind: 'written' } },
        { result: { kind: 'refused', found: there } },
      ]);
    },
  );

  it.each([
    'ProvisionedThroughputExceeded',
    'ThrottlingError',
    'RequestLimitExceeded',
    'TransactionConflict',
    'InternalServerError',
  ])('is an error that passes for %s', async (code) => {
    const error = await errorFor(code);
    expect(verdictOn(error, undefined)).toBe('transient');
    expect(error).toMatchObject({ message: `a statement was answered with ${code}` });
  });

  it.each([
    ['ResourceNotFound', 'ResourceNotFoundException'],
    ['AccessDenied', 'AccessDeniedException'],
    ['ValidationError', 'ValidationException'],
    ['ItemCollectionSizeLimitExceeded', 'ItemCollectionSizeLimitExceeded'],
    ['NotYetThoughtOf', 'NotYetThoughtOf'],
  ])('is an error that does not pass by itself for %s', async (code, name) => {
    const error = await errorFor(code);
    expect(verdictOn(error, undefined)).toBe('unexpected');
    expect(error).toMatchObject({ name, $fault: 'client' });
  });

  it('is an error that passes if AWS names no code', async () => {
    const [first] = await answered({ Error: { Message: 'S3CRET value' } }, {}, {});
    expect(verdictOn(first && 'error' in first && first.error, undefined)).toBe('transient');
  });

  it.each([
    ['fewer answers than statements', responses({})],
    ['no answers at all', { status: 200, body: {} }],
  ])('Promise 8: is an error that passes if there are %s', async (_, answer) => {
    const answers = await runStatements(scriptedClient(answer).client, batch);
    expect(answers).toHaveLength(3);
    for (const one of answers.slice(1))
      expect(verdictOn('error' in one && one.error, undefined)).toBe('transient');
  });

  it('Promise 9: holds nothing of what AWS says about an item', async () => {
    for (const code of ['ValidationError', 'TransactionConflict', 'InternalServerError', 'NotYetThoughtOf']) {
      const { client } = scriptedClient(responses(errorOf(code, { Item: { id: { S: 'S3CRET value' } } })));
      const ledger = createClaimLedger(dynamoDBStore(client, 'Ledger', systemRuntime), {
        expiresAfterSeconds: 172_800,
        leaseSeconds: undefined,
      });
      const error = await thrownBy(openSession(ledger).take(workOf('a')));
      const { cause, stack, message } = error as Error;
      expect(error).toMatchObject({
        code: 'LEDGER_UNREACHABLE',
        cause: { name: expect.any(String) as string },
      });
      const shown = [message, stack, (cause as Error).message, (cause as Error).stack, JSON.stringify(cause)];
      expect(shown.join()).not.toContain('S3CRET');
    }
  });
});

describe('a request for statements', () => {
  it('asks for what is there, and carries keys and owners as parameters only', async () => {
    const { client, bodies } = scriptedClient(responses({}, {}, {}, {}));
    const claimed = { key: 'it\'s "a" key', owner: "o'wner" };
    await runStatements(client, [
      statements.insert(claim(claimed.owner, claimed.key)),
      statements.complete(claimed),
      statements.renew(claimed, 5),
      statements.remove(claimed),
    ]);
    const sent = JSON.parse(bodies[0] ?? '') as {
      readonly Statements: readonly {
        readonly Statement: string;
        readonly Parameters: readonly object[];
        readonly ReturnValuesOnConditionCheckFailure: string;
      }[];
    };
    expect(sent.Statements).toHaveLength(4);
    for (const { Statement, Parameters, ReturnValuesOnConditionCheckFailure } of sent.Statements) {
      expect(ReturnValuesOnConditionCheckFailure).toBe('ALL_OLD');
      expect(Statement).not.toContain("o'wner");
      expect(Statement).not.toContain("it's");
      expect(Statement.match(/\?/g)).toHaveLength(Parameters.length);
    }
  });
});

describe('parts of a batch that DynamoDB hands back', () => {
  const storeOf = (...answers: readonly ReturnType<typeof fault>[]) => {
    const { client, bodies } = scriptedClient(...answers);
    return { store: dynamoDBStore(client, 'Ledger', systemRuntime), bodies };
  };
  const errorsOf = (settled: readonly PromiseSettledResult<unknown>[]) =>
    settled.map((one) => (one.status === 'rejected' ? (one.reason as unknown) : one.value));

  it('reads: those of UnprocessedKeys are errors that pass, and the others are read', async () => {
    const there = completion('another', 'a');
    const { store } = storeOf({
      status: 200,
      body: {
        Responses: { Ledger: [attributesOf(there)] },
        UnprocessedKeys: { Ledger: { Keys: [{ id: { S: 'b' } }] } },
      },
    });
    const [a, b, c] = errorsOf(await Promise.allSettled(['a', 'b', 'c'].map((key) => store.read(key))));
    expect(a).toEqual(there);
    expect(verdictOn(b, undefined)).toBe('transient');
    expect(c).toBeUndefined();
  });

  it('writes: those of UnprocessedItems are errors that pass, and fail the put', async () => {
    const entries = ['a', 'b'].map((key) => completion('me', key));
    const [, b] = entries;
    if (b === undefined) throw new Error('there are two');
    const { store } = storeOf({
      status: 200,
      body: { UnprocessedItems: { Ledger: [{ PutRequest: { Item: attributesOf(b) } }] } },
    });
    const [a, both] = errorsOf(
      await Promise.allSettled([...entries.slice(0, 1).map((one) => store.put([one])), store.put([b])]),
    );
    expect(a).toBeUndefined();
    expect(verdictOn(both, undefined)).toBe('transient');
    expect(verdictOn(await thrownBy(store.put(entries)), undefined)).toBe('transient');
  });

  it('Promise 4: reads see all that was written before them', async () => {
    const { store, bodies } = storeOf({ status: 200, body: {} });
    await store.read('a');
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ RequestItems: { Ledger: { ConsistentRead: true } } });
  });

  it('a refusal that tells what is there needs no request more', async () => {
    const there = completion('another');
    const { store, bodies } = storeOf(responses(errorOf('DuplicateItem', { Item: attributesOf(there) })));
    expect(await store.insert(claim('me'))).toEqual({ kind: 'refused', found: there });
    expect(bodies).toHaveLength(1);
  });

  it('a replacement that is refused with what is there needs no request more', async () => {
    const there = completion('another');
    const { store, bodies } = storeOf(
      fault('ConditionalCheckFailedException', { Item: attributesOf(there) }),
    );
    expect(await store.replace(claim('me'), claim('before'))).toEqual({ kind: 'refused', found: there });
    expect(bodies).toHaveLength(1);
  });

  it.each(['complete', 'replace'] as const)(
    'Promise 4: a %s that was refused is not done because the claim is ours, if it is still a claim',
    async (word) => {
      const Item = attributesOf(claim('me'));
      const refused =
        word === 'complete' ? responses(errorOf('ConditionalCheckFailed', { Item })) : undefined;
      const { store } = storeOf(refused ?? fault('ConditionalCheckFailedException', { Item }));
      const answer =
        word === 'complete'
          ? store.complete({ key: 'work', owner: 'me' })
          : store.replace(completion('me'), claim('another'));
      expect(await answer).toEqual({ kind: 'refused', found: claim('me') });
    },
  );
});
