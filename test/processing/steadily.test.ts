import { describe, expect, it } from 'vitest';
import {
  CommitConditionError,
  CommitRefusedError,
  LedgerError,
  LetterTooLargeError,
} from '../../src/errors.ts';
import { createDeadline } from '../../src/processing/deadline.ts';
import { steadily } from '../../src/processing/steadily.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

/** How often a word is said that fails with this. */
async function saidWith(error: Error): Promise<number> {
  const runtime = instantRuntime();
  const deadline = createDeadline(runtime, lambdaContext({ remainingMs: 60_000 }), 1_000);
  let said = 0;
  const word = () => {
    said += 1;
    return Promise.reject(error);
  };
  await expect(steadily({ runtime, deadline }, word)).rejects.toBe(error);
  return said;
}

const awsError = (name: string, $fault: 'client' | 'server') =>
  Object.assign(new Error(name), { name, $fault });

describe('a word with the ledger or the queue that fails', () => {
  it.each([
    new CommitConditionError('a condition does not hold', []),
    new CommitRefusedError('the writes cannot be sent'),
    new LetterTooLargeError('it is too large'),
    new LedgerError('refused', { cause: awsError('ValidationException', 'client') }),
  ])('is not said again where that can change nothing: $name', async (error) => {
    expect(await saidWith(error)).toBe(1);
  });

  it('is said again a few times where it is not known whether that helps', async () => {
    expect(await saidWith(new LedgerError('odd', { cause: new Error('odd') }))).toBe(3);
  });

  it('is said again for as long as there is time where the cause passes', async () => {
    const cause = awsError('InternalServerError', 'server');
    expect(await saidWith(new LedgerError('down', { cause }))).toBeGreaterThan(10);
  });
});
