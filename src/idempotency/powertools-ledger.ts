import type { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { CommitRefusedError } from '../errors.ts';
import { reach } from './reach.ts';
import { replaySession } from './replay-session.ts';
import type { Hold, Ledger, LedgerSession, SessionOptions, Taken, Word } from './session.ts';
import { claimKey } from './work.ts';

const claimTries = 3;

/**
 * A persistence layer of Powertools as a ledger: claim, complete and release cost a request each. It drives the layer
 * itself where `makeIdempotent` would run the handler inside: a handler's retries, its letter and its completion then each
 * fail and are repeated on their own, and a layer shared with other code keeps its keys apart. Such a layer knows no
 * owner: that a late run releases nothing of another's rests on the clock and the lease alone.
 */
export const powertoolsLedger = (configured: () => BasePersistenceLayer, description: string): Ledger => ({
  ahead: 0,
  open(session) {
    const claims = openLayer(configured, { description }, session);
    return session.isReplay === true ? replaySession(claims) : claims;
  },
});

function openLayer(
  configured: () => BasePersistenceLayer,
  store: { readonly description: string },
  { runtime, untilTimeoutMs }: SessionOptions,
): LedgerSession {
  const existing = async (key: string, found: IdempotencyRecord | undefined): Promise<Taken | undefined> => {
    const record = found ?? (await configured().getRecord(key).catch(gone));
    switch (record?.getStatus()) {
      case 'COMPLETED':
        return {
          kind: 'settled',
          as: record.getResponse() === 'dead-lettered' ? 'dead-lettered' : 'handled',
        };
      case 'INPROGRESS':
        return { kind: 'held', untilMs: record.inProgressExpiryTimestamp };
      case 'EXPIRED':
      case undefined:
        return undefined;
    }
  };

  const holdOn = (key: string, leaseEndsAtMs: number): Hold => ({
    confirm: () => Promise.resolve('kept'),
    complete: (as) =>
      reach<Word>(store, 'remember a settled record', async () => {
        await configured().saveSuccess(key, as === 'handled' ? undefined : as);
        return 'kept';
      }),
    release: () =>
      reach<Word>(store, 'release a claim', async () => {
        // After the lease it may be somebody else's.
        if (runtime.now() >= leaseEndsAtMs) return 'lost';
        await configured().deleteRecord(key);
        return 'kept';
      }),
    commit: () =>
      Promise.reject(
        new CommitRefusedError(
          `context.commit writes to DynamoDB together with the ledger, and the ledger is ${store.description}. Use dynamoDBLedger(...).`,
        ),
      ),
  });

  const take = async (key: string): Promise<Taken> => {
    for (let tries = 1; ; tries += 1) {
      try {
        // Powertools takes a lease of 0 for an unknown one, which would never end.
        const leaseMs = Math.max(1, Math.ceil(untilTimeoutMs()));
        const leaseEndsAtMs = runtime.now() + leaseMs;
        await configured().saveInProgress(key, leaseMs);
        return { kind: 'mine', hold: holdOn(key, leaseEndsAtMs) };
      } catch (error) {
        if (!isAlreadyThere(error)) throw error;
        const taken = await existing(key, error.existingRecord);
        if (taken !== undefined) return taken;
        // It expired or was released in between.
        if (tries === claimTries) return { kind: 'held', untilMs: undefined };
      }
    }
  };
  return {
    take: (work) => reach(store, 'claim a record', () => take(claimKey(work))),
    close: () => Promise.resolve(),
    abandon: () => undefined,
  };
}

/** Told by its data and not its class: a bundle may hold Powertools twice, as ESM and as CommonJS. */
const isAlreadyThere = (
  error: unknown,
): error is { readonly existingRecord: IdempotencyRecord | undefined } =>
  error instanceof Error && 'existingRecord' in error;

/** It has no data, so its name has to do, for the same reason. */
function gone(error: unknown): undefined {
  if (error instanceof Error && error.name === 'IdempotencyItemNotFoundError') return undefined;
  throw error;
}
