import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ledger } from '../../src/idempotency/ledger.ts';
import { ledgerOf } from '../../src/idempotency/ledger.ts';

export interface LedgerUnderTest {
  readonly name: string;
  /** A layer on the store; each call what another function, or another start of it, would make of it. */
  readonly create: () => BasePersistenceLayer;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What every ledger does, whatever it keeps its entries in. Time is set, not waited for. */
export function describeLedger({ name, create }: LedgerUnderTest): void {
  describe(`a ledger: ${name}`, () => {
    let keys = 0;
    let key: string;
    let ledger: Ledger;
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['Date'] });
      keys += 1;
      key = `spillway#contract#route#${name}#${keys}`;
      ledger = ledgerOf(create());
    });
    afterEach(() => {
      vi.useRealTimers();
      vi.unstubAllEnvs();
    });
    const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

    it('lets the first claim work that nobody has done', async () => {
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'claimed' });
    });

    it('Promise 4: tells of a claim that is held, in this function and in others', async () => {
      await ledger.claim(key, minuteMs);
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'held' });
      pass(minuteMs - 1_000);
      expect(await ledgerOf(create()).claim(key, minuteMs)).toEqual({ kind: 'held' });
    });

    it('Promise 4: lets one of many claim at the same time', async () => {
      const ledgers = Array.from({ length: 20 }, () => ledgerOf(create()));
      const claims = await Promise.all(ledgers.map((one) => one.claim(key, minuteMs)));
      const kinds = claims.map(({ kind }) => kind).toSorted();
      expect(kinds).toEqual(['claimed', ...Array.from({ length: 19 }, () => 'held')]);
    });

    it.each(['handled', 'dead-lettered'] as const)(
      'Promise 4: remembers that work was settled as %s',
      async (as) => {
        await ledger.claim(key, minuteMs);
        await ledger.complete(key, as);
        expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'settled', as });
        expect(await ledgerOf(create()).claim(key, minuteMs)).toEqual({ kind: 'settled', as });
      },
    );

    it('Promise 4: remembers it beyond the lease of the claim, and beyond the 24 hours of the stream', async () => {
      await ledger.claim(key, minuteMs);
      await ledger.complete(key, 'handled');
      for (const ms of [2 * minuteMs, 24 * hourMs, 23 * hourMs]) {
        pass(ms);
        expect(await ledgerOf(create()).claim(key, minuteMs)).toEqual({ kind: 'settled', as: 'handled' });
      }
    });

    it('forgets it when the entry has expired, after 48 hours', async () => {
      await ledger.claim(key, minuteMs);
      await ledger.complete(key, 'dead-lettered');
      pass(48 * hourMs + minuteMs);
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'claimed' });
      await ledger.complete(key, 'handled');
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'settled', as: 'handled' });
    });

    it('lets work be claimed again that was released', async () => {
      await ledger.claim(key, minuteMs);
      await ledger.release(key);
      expect(await ledgerOf(create()).claim(key, minuteMs)).toEqual({ kind: 'claimed' });
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'held' });
    });

    it('lets work be claimed again whose claim was left to its lease, once', async () => {
      await ledger.claim(key, minuteMs);
      pass(minuteMs + 1);
      const [other, third] = [ledgerOf(create()), ledgerOf(create())];
      expect(await other.claim(key, minuteMs)).toEqual({ kind: 'claimed' });
      expect(await third.claim(key, minuteMs)).toEqual({ kind: 'held' });
      await other.complete(key, 'handled');
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'settled', as: 'handled' });
    });

    it('Promise 4: does not let a run release what another holds or has settled since its lease was over', async () => {
      await ledger.claim(key, minuteMs);
      pass(minuteMs + 1);
      const [other, third] = [ledgerOf(create()), ledgerOf(create())];
      await other.claim(key, minuteMs);
      await ledger.release(key);
      expect(await third.claim(key, minuteMs)).toEqual({ kind: 'held' });
      await other.complete(key, 'handled');
      await ledger.release(key);
      expect(await third.claim(key, minuteMs)).toEqual({ kind: 'settled', as: 'handled' });
    });

    it.each([0, -5, 0.4])('ends a lease of %d ms, which is no lease, at once', async (leaseMs) => {
      await ledger.claim(key, leaseMs);
      pass(2);
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'claimed' });
    });

    it('keeps different work apart', async () => {
      const others = [`${key}0`, `${key}#`, key.toUpperCase(), `${key} `];
      await ledger.claim(key, minuteMs);
      await ledger.complete(key, 'handled');
      for (const other of others) expect(await ledger.claim(other, minuteMs)).toEqual({ kind: 'claimed' });
      await ledger.release(`${key}0`);
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'settled', as: 'handled' });
    });

    it('does not mind to be told twice, or to release what nobody holds', async () => {
      await ledger.release(key);
      await ledger.claim(key, minuteMs);
      await ledger.complete(key, 'handled');
      await ledger.complete(key, 'handled');
      expect(await ledger.claim(key, minuteMs)).toEqual({ kind: 'settled', as: 'handled' });
    });

    it('Promise 4: knows the work of another function, for a consumer may have several', async () => {
      const inFunction = (functionName: string) => {
        vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', functionName);
        return ledgerOf(create());
      };
      const blue = inFunction('blue');
      const green = inFunction('green');
      await blue.claim(key, minuteMs);
      expect(await green.claim(key, minuteMs)).toEqual({ kind: 'held' });
      await blue.complete(key, 'handled');
      expect(await green.claim(key, minuteMs)).toEqual({ kind: 'settled', as: 'handled' });
    });

    it('says nothing to the console', async () => {
      const said = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error'), vi.spyOn(console, 'log')];
      await ledger.claim(key, minuteMs);
      await ledger.claim(key, 0);
      await ledger.complete(key, 'handled');
      await ledger.release(key);
      for (const spy of said) {
        expect(spy).not.toHaveBeenCalled();
        spy.mockRestore();
      }
    });
  });
}
