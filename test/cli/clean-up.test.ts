import { expect, it } from 'vitest';
import { createCleanUp } from '../../src/cli/clean-up.ts';

it('undoes everything at the end of the block, the last first', async () => {
  const undone: number[] = [];
  {
    await using cleanUp = createCleanUp();
    cleanUp.defer(() => undone.push(1));
    cleanUp.defer(async () => {
      await Promise.resolve();
      undone.push(2);
    });
  }
  expect(undone).toEqual([2, 1]);
});

it('undoes the rest though one fails, and throws the first error', async () => {
  const undone: number[] = [];
  const block = async () => {
    await using cleanUp = createCleanUp();
    cleanUp.defer(() => undone.push(1));
    cleanUp.defer(() => Promise.reject(new Error('the first')));
    cleanUp.defer(() => undone.push(3));
  };
  await expect(block()).rejects.toThrow('the first');
  expect(undone).toEqual([3, 1]);
});
