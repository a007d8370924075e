import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommitRefusedError } from '../../src/errors.ts';
import type { SettledAs } from '../../src/idempotency/entry.ts';
import { ledgerOf } from '../../src/idempotency/ledger.ts';
import type { Hold, LedgerSession, RecordWork } from '../../src/idempotency/session.ts';
import { openSession, workOf } from './open-session.ts';

export interface LedgerUnderTest {
  readonly name: string;
  /** A layer on the store; each call what another function, or another start of it, would make of it. */
  readonly create: () => BasePersistenceLayer;
  /** What it does not do, and why: then the suite shows what happens in its place. */
  readonly cannot: {
    /** Keep a second run away while the first goes on. */
    readonly claim?: string;
    /** Tell a late owner from the new one. */
    readonly fence?: string;
    /** Commit a handler's writes together with the entry. */
    readonly commit?: string;
    /** Remember work beyond the batch that it was delivered in. */
    readonly last?: string;
  };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What every ledger does, whatever it keeps its entries in. Time is set, not waited for. */
export function describeLedger({ name, create, cannot }: LedgerUnderTest): void {
  describe(`a ledger: ${name}`, () => {
    let works = 0;
    let work: RecordWork;
    const sessions: LedgerSession[] = [];
    /** A run of its own: another invocation, or another function. */
    const run = (leaseMs = minuteMs): LedgerSession => {
      const session = openSession(ledgerOf(create()), leaseMs, {
        consumer: work.consumer,
        sequenceNumbers: ['100', '900'],
      });
      sessions.push(session);
      return session;
    };
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['Date'] });
      works += 1;
      work = workOf('event-500', { consumer: `contract of ${name} ${works}`, sequenceNumber: '500' });
    });
    afterEach(() => {
      for (const session of sessions.splice(0)) session.abandon();
      vi.useRealTimers();
      vi.unstubAllEnvs();
    });
    const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

    const take = async (session: LedgerSession, of = work): Promise<Hold> => {
      const taken = await session.take(of);
      if (taken.kind !== 'mine') throw new Error(`it is ${taken.kind}`);
      return taken.hold;
    };
    const kindIn = async (session: LedgerSession, of = work) => (await session.take(of)).kind;
    /** Does the work in a run whose batch is delivered again from its start. */
    const settle = async (as: SettledAs, of = work, leaseMs = minuteMs): Promise<void> => {
      const session = run(leaseMs);
      expect(await (await take(session, of)).complete(as)).toBe('kept');
      await session.close('100');
      session.abandon();
    };

    it('lets the first who asks do work that nobody has done', async () => {
      expect(await kindIn(run())).toBe('mine');
    });

    if (cannot.claim === undefined) {
      it('Promise 4: keeps other runs away from what one holds, in this function and in others', async () => {
        const first = run();
        await take(first);
        const endsAt = Date.now() + minuteMs;
        const held = await first.take(work);
        expect(held).toMatchObject({ kind: 'held' });
        pass(minuteMs - 1_000);
        expect(await run().take(work)).toEqual({ kind: 'held', untilMs: endsAt });
      });

      it('Promise 4: lets one of many runs that ask at the same time have it', async () => {
        const kinds = await Promise.all(Array.from({ length: 20 }, () => kindIn(run())));
        expect(kinds.toSorted()).toEqual([...Array.from({ length: 19 }, () => 'held'), 'mine']);
      });

      it('lets work be taken again whose claim was left to its lease, once', async () => {
        const [first, second, third] = [run(), run(), run()];
        await take(first);
        pass(minuteMs + 1);
        const hold = await take(second);
        expect(await kindIn(third)).toBe('held');
        expect(await hold.complete('handled')).toBe('kept');
        expect(await kindIn(third)).toBe('settled');
      });

      it.each([0, -5, 0.4])('ends a lease of %d ms, which is no lease, at once', async (leaseMs) => {
        await take(run(leaseMs));
        pass(2);
        expect(await kindIn(run())).toBe('mine');
      });

      it('Promise 4: a late owner releases nothing that another holds or has settled', async () => {
        const late = await take(run());
        pass(minuteMs + 1);
        const hold = await take(run());
        expect(await late.release()).toBe('lost');
        expect(await kindIn(run())).toBe('held');
        await hold.complete('handled');
        expect(await late.release()).toBe('lost');
        expect(await kindIn(run())).toBe('settled');
      });

      it('Promise 4: an owner whose lease is over and whose claim nobody took has its word', async () => {
        const hold = await take(run());
        pass(minuteMs + 1);
        expect(await hold.complete('dead-lettered')).toBe('kept');
        expect(await run().take(work)).toEqual({ kind: 'settled', as: 'dead-lettered' });
      });
    } else
      it(`cannot keep a second run away: ${cannot.claim}`, async () => {
        await take(run());
        expect(await kindIn(run())).toBe('mine');
      });

    if (cannot.claim === undefined && cannot.fence === undefined)
      it.each(['handled', 'dead-lettered'] as const)(
        'Promise 4: a late owner completes nothing that another holds (%s)',
        async (as) => {
          const late = await take(run());
          pass(minuteMs + 1);
          const hold = await take(run());
          expect(await late.complete(as)).toBe('lost');
          expect(await kindIn(run())).toBe('held');
          expect(await hold.release()).toBe('kept');
          expect(await late.complete(as)).toBe('lost');
          expect(await kindIn(run())).toBe('mine');
        },
      );
    else if (cannot.fence !== undefined)
      it(`cannot tell a late completion from the owner's: ${cannot.fence}`, async () => {
        const late = await take(run());
        pass(minuteMs + 1);
        await take(run());
        expect(await late.complete('handled')).toBe('kept');
        expect(await kindIn(run())).toBe('settled');
      });

    it.each(['handled', 'dead-lettered'] as const)(
      'Promise 4: remembers that work was settled as %s',
      async (as) => {
        await settle(as);
        expect(await run().take(work)).toEqual({ kind: 'settled', as });
        expect(await run().take(work)).toEqual({ kind: 'settled', as });
      },
    );

    it('Promise 4: remembers it beyond the lease, and beyond the 24 hours of the stream', async () => {
      await settle('handled');
      for (const ms of [2 * minuteMs, 24 * hourMs, 23 * hourMs]) {
        pass(ms);
        expect(await run().take(work)).toEqual({ kind: 'settled', as: 'handled' });
      }
    });

    it('forgets it when the entry has expired, after 48 hours', async () => {
      await settle('dead-lettered');
      pass(48 * hourMs + minuteMs);
      await settle('handled');
      expect(await run().take(work)).toEqual({ kind: 'settled', as: 'handled' });
    });

    it('lets work be taken again that was released', async () => {
      expect(await (await take(run())).release()).toBe('kept');
      expect(await kindIn(run())).toBe('mine');
    });

    it('keeps different work apart', async () => {
      await settle('handled');
      const session = run();
      const others: Partial<RecordWork>[] = [
        { eventId: 'event-501', sequenceNumber: '501' },
        { eventId: 'event-500 ', sequenceNumber: '502' },
        { eventId: 'event-500#', sequenceNumber: '503' },
        { eventId: 'EVENT-500', sequenceNumber: '504' },
        { route: 'tell-customers' },
        { route: null },
      ];
      for (const other of others) expect(await kindIn(session, { ...work, ...other })).toBe('mine');
      expect(await kindIn(run())).toBe('settled');
    });

    it('Promise 4: does a record that stands in a batch twice once', async () => {
      const session = run();
      const hold = await take(session);
      await hold.complete('handled');
      expect(await kindIn(session)).toBe('settled');
    });

    it('does not mind to be told twice', async () => {
      const session = run();
      const hold = await take(session);
      await hold.complete('handled');
      expect(await hold.complete('handled')).toBe('kept');
      await session.close('100');
      await session.close('100');
      expect(await run().take(work)).toEqual({ kind: 'settled', as: 'handled' });
    });

    it('Promise 4: knows the work of another function, for a consumer may have several', async () => {
      vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'blue');
      await settle('handled');
      vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'green');
      expect(await run().take(work)).toEqual({ kind: 'settled', as: 'handled' });
    });

    if (cannot.commit !== undefined)
      it(`cannot commit a handler's writes: ${cannot.commit}`, async () => {
        const hold = await take(run());
        await expect(hold.commit([])).rejects.toThrow(CommitRefusedError);
        await expect(hold.commit([])).rejects.toThrow(/Use dynamoDBLedger/);
      });
    else {
      it('Promise 4: a commit settles the work, and a run that comes second is told so', async () => {
        const [first, second] = [run(), run()];
        const hold = await take(first);
        expect(await hold.commit([])).toBe('kept');
        const other = await second.take(work);
        // Without claims it learns it from its own commit.
        if (other.kind === 'mine') expect(await other.hold.commit([])).toBe('settled');
        else expect(other).toEqual({ kind: 'settled', as: 'handled' });
      });

      it('Promise 4: a commit that is said twice, for its answer was lost, is done once', async () => {
        const hold = await take(run());
        expect([await hold.commit([]), await hold.commit([])]).toEqual(['kept', 'kept']);
      });
    }

    if (cannot.last === undefined)
      it('Promise 4: remembers it in a batch with other bounds', async () => {
        await settle('handled');
        const session = openSession(ledgerOf(create()), minuteMs, { sequenceNumbers: ['450', '500'] });
        expect(await kindIn(session)).toBe('settled');
        session.abandon();
      });
    else
      it(`remembers it for the batches that follow from the one it was in alone: ${cannot.last}`, async () => {
        const session = run();
        await (await take(session)).complete('handled');
        await session.close(undefined);
        session.abandon();
        expect(await kindIn(run())).toBe('mine');
      });

    it('says nothing to the console', async () => {
      const said = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error'), vi.spyOn(console, 'log')];
      const session = run();
      const hold = await take(session);
      await session.take(work);
      await hold.complete('handled');
      await hold.release();
      await session.close('100');
      for (const spy of said) {
        expect(spy).not.toHaveBeenCalled();
        spy.mockRestore();
      }
    });
  });
}
