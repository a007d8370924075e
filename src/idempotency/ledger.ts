import type { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { fromEnvironment } from '../environment.ts';
import { InvalidOptionError } from '../errors.ts';
import { defaultExpirySeconds, layerSettings, streamRetentionSeconds } from './expiry.ts';
import { powertoolsLedger } from './powertools-ledger.ts';
import type { Ledger } from './session.ts';
import { tableLedger } from './table-ledger.ts';

/** A persistence layer that is a ledger already, and can say what it is. */
export interface ConfiguredLayer {
  /** For messages: `the table "ledger"`. */
  readonly description: string;
  /** How Spillway uses it: in batches, and with owners. Without, it is driven as Powertools drives it. */
  readonly ledger: Ledger;
}

/**
 * Spillway's view of a Powertools persistence layer. Without one it is the table of the environment by itself: a bundle that
 * names no layer then holds nothing of Powertools' Idempotency.
 * @throws InvalidOptionError if Powertools' idempotency is switched off, or the layer forgets within 24 hours
 * or would mix up keys
 */
export function ledgerOf(layer?: BasePersistenceLayer & Partial<ConfiguredLayer>): Ledger {
  if (isSwitchedOff())
    throw new InvalidOptionError(
      'POWERTOOLS_IDEMPOTENCY_DISABLED is set: every redelivery would run every handler again. ' +
        "Unset it, or write createHandler(router, { ledger: 'off' }) if that is meant.",
    );
  if (layer === undefined) return tableLedger().ledger;
  return layer.ledger ?? ledgerThrough(layer);
}

/** What Powertools takes for false. Whatever else it is set to is meant to switch something off, or a mistake. */
const isSwitchedOff = (): boolean => {
  const value = fromEnvironment('POWERTOOLS_IDEMPOTENCY_DISABLED')?.toLowerCase();
  return value !== undefined && !['0', 'n', 'no', 'f', 'false', 'off'].includes(value);
};

/**
 * What `configure` reads. It is no `IdempotencyConfig`, which would bring Powertools' JMESPath into every bundle, for paths
 * that no ledger may have.
 */
const config = {
  ...layerSettings(defaultExpirySeconds),
  eventKeyJmesPath: '',
  useLocalCache: false,
  maxLocalCacheSize: 1_000,
} as unknown as IdempotencyConfig;

/** A layer that is not ours is driven as Powertools drives it. */
function ledgerThrough(layer: BasePersistenceLayer & Partial<ConfiguredLayer>): Ledger {
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
  return powertoolsLedger(configured, description);
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
