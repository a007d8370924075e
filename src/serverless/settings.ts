import { isObject } from '../stream/record.ts';
import type { Resources } from './resources/intrinsic.ts';
import { getAttribute, referenceIn } from './resources/intrinsic.ts';
import type { Place } from './resources/place.ts';
import { placeOf } from './resources/place.ts';
import type { WatchSettings } from './watching/watch-settings.ts';
import { readWatchSettings } from './watching/watch-settings.ts';
import type { Problem } from './load/load-report.ts';

/** `custom.spillway`, understood. */
export interface Settings {
  /** Undefined: the plugin makes them. */
  readonly queue: Place | undefined;
  readonly ledgerTable: Place | undefined;
  /** For what the plugin makes. Undefined: AWS's own keys. */
  readonly kmsKeyArn: unknown;
  readonly tracing: boolean;
  readonly pointInTimeRecovery: boolean;
  /** Whether the queue and the ledger stay when the stack goes. */
  readonly retain: boolean;
  readonly watching: WatchSettings;
}

/** The framework has checked `custom.spillway` against the schema. */
export function readSettings(
  custom: unknown,
  resources: Resources,
): { readonly settings: Settings; readonly problems: readonly Problem[] } {
  const given = isObject(custom) ? custom : {};
  const place = (name: string, kind: 'queue' | 'table') => {
    const value = given[name];
    const found = value == null ? undefined : placeOf(value, kind, resources);
    return { found, problem: value != null && found === undefined ? unknownPlace(name, kind, value) : [] };
  };
  const queue = place('deadLetterQueue', 'queue');
  const ledgerTable = place('ledgerTable', 'table');
  const { watching, problems } = readWatchSettings(given, resources);
  return {
    settings: {
      queue: queue.found,
      ledgerTable: ledgerTable.found,
      kmsKeyArn: keyArn(given['kmsKeyArn'], resources),
      tracing: given['tracing'] === true,
      pointInTimeRecovery: given['pointInTimeRecovery'] === true,
      retain: given['retain'] !== false,
      watching,
    },
    problems: [queue.problem, ledgerTable.problem, problems].flat(),
  };
}

/** `Ref` of a key gives its id, and rights are granted on its ARN. */
function keyArn(given: unknown, resources: Resources): unknown {
  const { logicalId, attribute } = referenceIn(given) ?? {};
  return logicalId !== undefined && attribute === undefined && resources[logicalId]?.Type === 'AWS::KMS::Key'
    ? getAttribute(logicalId, 'Arn')
    : (given ?? undefined);
}

const unknownPlace = (name: string, kind: 'queue' | 'table', value: unknown): Problem => ({
  rule: `unknown-${kind}`,
  message: `custom.spillway.${name} is "${String(value)}", and the service has no ${kind} of that name in its resources.`,
  remedy: `Write a ${kind}'s logical ID or its ARN, or leave it out: the plugin then makes one.`,
});
