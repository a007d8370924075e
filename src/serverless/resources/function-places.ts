import { isPlaceholder } from '../load/loader-environment.ts';
import type { Settings } from '../settings.ts';
import type { SpillwayFunction } from '../spillway-function.ts';
import type { Resources } from './intrinsic.ts';
import { referenceIn } from './intrinsic.ts';
import { made } from './made-resources.ts';
import type { Place } from './place.ts';
import { namedQueue, namedTable, placeInStack, placeOf } from './place.ts';

/** Whether a function uses a thing of its own, and which: `unknown` is one that only CloudFormation can tell. */
export type Use = Place | 'none' | 'unknown';

export interface FunctionPlaces {
  readonly ledger: Use;
  /** Where letters go. */
  readonly letters: Use;
  /** Where pointers go, unless the event says. */
  readonly pointers: Place;
}

export interface PlaceSources {
  /** Variables that the user has written. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly settings: Settings;
  readonly resources: Resources;
}

/** What is written nearest to the function counts: the code, its variables, `custom.spillway`, and then what the plugin makes. */
export function placesOf(
  { handler: { description } }: Pick<SpillwayFunction, 'handler'>,
  { environment, settings, resources }: PlaceSources,
): FunctionPlaces {
  const ofVariable = (
    name: string,
    kind: 'queue' | 'table',
    named: (value: string) => Place | undefined,
  ): Use | undefined => {
    const value = environment[name];
    if (value == null) return undefined;
    if (typeof value === 'string') return named(value) ?? 'unknown';
    // Of any other intrinsic function nobody knows what it names.
    const isReference = referenceIn(value) !== undefined && referenceIn(value)?.attribute === undefined;
    const place = isReference ? placeOf(value, kind, resources) : undefined;
    return place?.isInStack === true ? place : 'unknown';
  };
  const { ledger, letterPlaces = {}, deadLetters } = description;
  const tableName = typeof ledger === 'object' ? ownName(ledger.tableName) : undefined;
  const queueUrl = ownName(letterPlaces.queueUrl);
  const queue = settings.queue ?? placeInStack(made.queue);
  const letters: Use =
    queueUrl !== undefined
      ? (namedQueue(queueUrl) ?? 'unknown')
      : (ofVariable('SPILLWAY_DLQ_URL', 'queue', namedQueue) ?? queue);
  return {
    ledger:
      typeof ledger !== 'object'
        ? 'none'
        : tableName !== undefined
          ? namedTable(tableName)
          : (ofVariable('SPILLWAY_LEDGER_TABLE', 'table', namedTable) ??
            settings.ledgerTable ??
            placeInStack(made.ledgerTable)),
    letters: deadLetters === 'sqs' ? letters : 'none',
    pointers: typeof letters === 'object' ? letters : queue,
  };
}

/** One that the code takes from the variable is the variable's. */
const ownName = (name: string | undefined): string | undefined =>
  name === undefined || isPlaceholder(name) ? undefined : name;
