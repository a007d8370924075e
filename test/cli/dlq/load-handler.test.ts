import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findHandler, loadHandler } from '../../../src/cli/dlq/load-handler.ts';
import { handler } from './handlers/orders.ts';
import { handler as second } from './handlers/second.ts';

const folder = join(import.meta.dirname, 'handlers');
const load = (text: string) => loadHandler(findHandler(text, folder));

describe('the handler of --handler', () => {
  it.each([
    ['a file', 'orders.ts', handler],
    ['a file and an export', 'orders.ts#handler', handler],
    ['a file without its extension', 'orders', handler],
    ['a file and an export, as the Serverless Framework writes them', 'orders.handler', handler],
    ['a path with a folder, as the Serverless Framework writes it', '../handlers/orders.handler', handler],
    ['one of several', 'two.ts#two', second],
  ])('is found by %s', async (_, text, wanted) => {
    expect(await load(text)).toBe(wanted);
  });

  it.each([
    ['no file', 'nothing.ts', 'There is no file nothing.ts. --handler takes a file'],
    [
      'several',
      'two.ts',
      'exports several handlers: say which, as in --handler FILE#EXPORT. It has one, two.',
    ],
    ['no such export', 'orders.ts#other', 'The export "other" of '],
    [
      'an export of another kind',
      'two.ts#three',
      'is not a handler that createHandler made. It has one, two.',
    ],
    [
      'none',
      'none.ts',
      'exports no handler that createHandler made: name the file that does with --handler.',
    ],
    ['a module that throws', 'throws.ts', 'failed when it was imported: does it need environment variables'],
  ])('is refused with what to do: %s', async (_, text, why) => {
    await expect((async () => load(text))()).rejects.toThrow(why);
  });

  it('is refused with what its module threw', async () => {
    await expect(load('throws.ts')).rejects.toMatchObject({ cause: { message: 'TABLE_NAME is not set' } });
  });
});
