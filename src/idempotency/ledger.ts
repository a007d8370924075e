import { IdempotencyConfig, IdempotencyItemNotFoundError } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { fromEnvironment } from '../environment.ts';
import { InvalidOptionError, LedgerError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { systemRuntime } from '../runtime.ts';

/** How a piece of work was settled, as the ledger remembers it. */
export type SettledAs = 'handled' | 'dead-lettered';

export type Claim =
  /** Nobody else does it or has done it: run it, then complete or release the claim. */
  | { readonly kind: 'claimed' }
  /** It was settled before. */
  | { readonly kind: 'settled'; readonly as: SettledAs }
  /** Another run holds the claim and may still be going. */
  | { readonly kind: 'held' };

/** What remembers which work was done. Every method throws a LedgerError if the ledger cannot be reached. */
export interface Ledger {
  /** @param leaseMs how long the claim keeps others away if this run dies */
  claim(key: string, leaseMs: number): Promise<Claim>;
  complete(key: string, as: SettledAs): Promise<void>;
  release(key: string): Promise<void>;
}

/** A persistence layer that brings its own settings and can say what it is. */
export interface ConfiguredLayer {
  readonly config: IdempotencyConfig;
  /** For messages: `the table "ledger"`. */
  readonly description: string;
}

/** Lambda delivers a record of a DynamoDB stream again for at most this long. */
const streamRetentionSeconds = 24 * 60 * 60;
export const defaultExpirySeconds = 2 * streamRetentionSeconds;

/** @throws InvalidOptionError if a redelivery could come after the entry has expired. */
export function ledgerConfig(expiresAfterSeconds = defaultExpirySeconds): IdempotencyConfig {
  if (!(Number.isInteger(expiresAfterSeconds) && expiresAfterSeconds > streamRetentionSeconds))
    throw new InvalidOptionError(
      `ledger: "expiresAfterSeconds" must be a whole number above ${streamRetentionSeconds}, the 24 hours for which ` +
        `the stream delivers again, got ${String(expiresAfterSeconds)}`,
    );
  return new IdempotencyConfig({
    expiresAfterSeconds,
    hashFunction: 'sha256',
    throwOnNoIdempotencyKey: true,
  });
}

const claimTries = 3;

/**
 * Spillway's view of a Powertools persistence layer. It drives the layer itself where `makeIdempotent` would run the
 * handler inside: a handler's retries, its letter and its completion then each fail and are repeated on their own, a
 * late run can be kept from releasing what is no longer its own, and a layer shared with other code keeps its keys apart.
 * @throws InvalidOptionError if Powertools' idempotency is switched off, or the layer forgets within 24 hours
 * or would mix up keys
 */
export function ledgerOf(
  layer: BasePersistenceLayer & Partial<ConfiguredLayer>,
  { now }: Pick<Runtime, 'now'> = systemRuntime,
): Ledger {
  const config = layer.config instanceof IdempotencyConfig ? layer.config : ledgerConfig();
  if (!config.isEnabled())
    throw new InvalidOptionError(
      'POWERTOOLS_IDEMPOTENCY_DISABLED is set: every redelivery would run every handler again. ' +
        "Unset it, or write createHandler(router, { ledger: 'off' }) if that is meant.",
    );
  const description = layer.description ?? layer.constructor.name;
  // The prefix is state of the layer, and whoever shares the layer may have set another one since.
  const configured = (): BasePersistenceLayer => {
    layer.configure({ config, keyPrefix: 'spillway' });
    return layer;
  };
  if (configured().getExpiresAfterSeconds() <= streamRetentionSeconds)
    throw new InvalidOptionError(
      `ledger (${description}): its entries expire after ${layer.getExpiresAfterSeconds()} seconds, ` +
        `within the ${streamRetentionSeconds} for which the stream delivers again. Configure it for longer.`,
    );

  const problem = problemOf(layer);
  if (problem !== undefined) throw new InvalidOptionError(`ledger (${description}): ${problem}`);

  /** When the lease of each claim of ours ends: after that it may be somebody else's. */
  const leases = new Map<string, number>();
  const reach = async <Result>(what: string, use: () => Promise<Result>): Promise<Result> => {
    try {
      return await use();
    } catch (cause) {
      throw new LedgerError(
        `the ledger (${description}) could not ${what}. Does it exist, and may the function use it?`,
        { cause },
      );
    }
  };

  const existing = async (key: string, found: IdempotencyRecord | undefined): Promise<Claim | undefined> => {
    const record = found ?? (await configured().getRecord(key).catch(gone));
    switch (record?.getStatus()) {
      case 'COMPLETED':
        return {
          kind: 'settled',
          as: record.getResponse() === 'dead-lettered' ? 'dead-lettered' : 'handled',
        };
      case 'INPROGRESS':
        return { kind: 'held' };
      case 'EXPIRED':
      case undefined:
        return undefined;
    }
  };

  return {
    claim: (key, leaseMs) =>
      reach('claim a record', async () => {
        for (let tries = 1; ; tries += 1) {
          try {
            // Powertools takes a lease of 0 for an unknown one, which would never end.
            const lease = Math.max(1, Math.ceil(leaseMs));
            const endsAt = now() + lease;
            await configured().saveInProgress(key, lease);
            leases.set(key, endsAt);
            return { kind: 'claimed' };
          } catch (error) {
            if (!isAlreadyThere(error)) throw error;
            const claim = await existing(key, error.existingRecord);
            if (claim !== undefined) return claim;
            // It expired or was released in between.
            if (tries === claimTries) return { kind: 'held' };
          }
        }
      }),
    async complete(key, as) {
      await reach('remember a settled record', () =>
        configured().saveSuccess(key, as === 'handled' ? undefined : as),
      );
      leases.delete(key);
    },
    async release(key) {
      if (now() < (leases.get(key) ?? 0))
        await reach('release a claim', () => configured().deleteRecord(key));
      leases.delete(key);
    },
  };
}

/** Settings of a layer that would give different work one key, or the same work different ones. */
function problemOf(layer: BasePersistenceLayer): string | undefined {
  const [path, sortKey, partition]: readonly unknown[] = [
    'eventKeyJmesPath',
    'sortKeyAttr',
    'staticPkValue',
  ].map((name) => Reflect.get(layer, name) as unknown);
  if (path !== undefined && path !== '')
    return "it is configured with an eventKeyJmesPath, by which all of Spillway's keys would become one. Use a layer of its own.";
  if (
    sortKey !== undefined &&
    partition === `idempotency#${fromEnvironment('AWS_LAMBDA_FUNCTION_NAME') ?? ''}`
  )
    return 'its partition key holds the name of the function, so another function of the consumer would do all work again. Give it a staticPkValue.';
  return undefined;
}

/** Told by its data and not its class: a bundle may hold Powertools twice, as ESM and as CommonJS. */
const isAlreadyThere = (
  error: unknown,
): error is { readonly existingRecord: IdempotencyRecord | undefined } =>
  error instanceof Error && 'existingRecord' in error;

function gone(error: unknown): undefined {
  if (error instanceof IdempotencyItemNotFoundError) return undefined;
  throw error;
}
