import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keepState } from '../../../src/local/service/keep-state.ts';
import type { ServiceState } from '../../../src/local/service/service-state.ts';
import { readState, writeState } from '../../../src/local/service/service-state.ts';
import { virtualClock } from '../virtual-clock.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-state-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
const state: ServiceState = {
  checkpoints: { 'stream orders': { shard: { kind: 'after', sequenceNumber: '12' } } },
  expired: [{ streamArn: 'stream', item: 'pk S1:a ', second: 5 }],
};
const nothing: ServiceState = { checkpoints: {}, expired: [] };

describe('the state of a service', () => {
  it('is nothing at first, and then what was written', async () => {
    const folder = emptyFolder();
    expect(await readState(undefined)).toEqual(nothing);
    expect(await readState(folder)).toEqual(nothing);
    await writeState(folder, state);
    expect(await readState(folder)).toEqual(state);
    expect(readdirSync(folder)).toEqual(['spillway.json']);
  });

  it.each(['', '{"checkpoints":', '[]', '{"checkpoints":{}}', '{"checkpoints":[],"expired":[]}', 'null'])(
    'is refused when its file holds %s',
    async (text) => {
      const folder = emptyFolder();
      writeFileSync(join(folder, 'spillway.json'), text);
      await expect(readState(folder)).rejects.toThrow(
        `${join(folder, 'spillway.json')} is not what was written there. Delete it`,
      );
    },
  );

  it('is not taken for nothing when its file cannot be read', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'spillway.json'));
    await expect(readState(folder)).rejects.toThrow('cannot be read');
  });

  it('is kept when it has changed, and at the end', async () => {
    const folder = emptyFolder();
    let current = nothing;
    const errors: Error[] = [];
    const parts = { dataDir: folder, clock: virtualClock(), onError: (error: Error) => errors.push(error) };
    const keeper = keepState({ ...parts, state: () => current });
    current = state;
    await keeper.stop();
    expect(JSON.parse(readFileSync(join(folder, 'spillway.json'), 'utf8'))).toEqual(state);
    expect(errors).toEqual([]);
  });

  it('is told of when it cannot be kept', async () => {
    const errors: string[] = [];
    const parts = { clock: virtualClock(), onError: ({ message }: Error) => errors.push(message) };
    await keepState({ ...parts, dataDir: '/nowhere/at/all', state: () => state }).stop();
    expect(errors).toContain('How far the streams were read cannot be kept in /nowhere/at/all.');
  });
});
