import { ReplayError, SpillwayError } from '../errors.ts';
import { checkTable, checkView } from '../routing/check-view.ts';
import type { RoutedBy } from '../routing/match.ts';
import { matches } from '../routing/match.ts';
import type { RouterDefinition } from '../routing/route.ts';
import { readEvent } from '../stream/read-event.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import { readRecord } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import { itemNameOf } from './item-of.ts';
import type { ReplayWork } from './replay-work.ts';

/** The handler that is to do the work. */
export interface WorkRules {
  readonly consumer: string;
  readonly routers: readonly RouterDefinition[];
  readonly routes: readonly RoutedBy[];
  readonly hasLedger: boolean;
}

/** Why a piece of work is not for this handler; undefined: it is. What refuses one record of a stream's batch refuses all. */
export function refusalOf(work: ReplayWork, record: RawRecord, rules: WorkRules): SpillwayError | undefined {
  try {
    readEvent({ Records: [record] });
    refuseLongNames(record);
    // What is nested too deeply for that is no key.
    itemNameOf(rules.consumer, record);
    const read = readable(record);
    if (read !== undefined) {
      checkTable(rules.routers, read);
      for (const router of rules.routers) checkView(router, read);
    }
    return work.kind === 'letter' ? refuseLetter(work, read, rules) : refuseGivenUp(work.isExact, rules);
  } catch (error) {
    if (error instanceof SpillwayError) return error;
    return new ReplayError('the record is none that DynamoDB writes: nothing could be made of it');
  }
}

/** They make the keys of the ledger, of which DynamoDB takes 2,048 bytes; one that is too long fails those beside it too. */
function refuseLongNames({ eventSourceARN, eventID }: RawRecord): void {
  if (typeof eventSourceARN !== 'string')
    throw new ReplayError('the record does not say which stream it is of');
  if (Buffer.byteLength(eventSourceARN) + Buffer.byteLength(eventID ?? '') > longestNames)
    throw new ReplayError(
      "the record's names of its stream and its event are longer than any that AWS gives",
    );
}

const longestNames = 1_024;

/** What cannot be read gets as far as it did when its letter was written. */
function readable(record: RawRecord): ReadRecord | undefined {
  try {
    return readRecord(record);
  } catch {
    return undefined;
  }
}

function refuseLetter(
  { consumer, route }: Extract<ReplayWork, { readonly kind: 'letter' }>,
  read: ReadRecord | undefined,
  rules: WorkRules,
): ReplayError | undefined {
  if (consumer !== rules.consumer)
    return new ReplayError(
      `the letter is of the consumer "${consumer}" and the handler is "${rules.consumer}": replay it with that one's ` +
        'handler, or set SPILLWAY_CONSUMER if the name is all that differs',
    );
  if (route === null) return undefined;
  const routed = rules.routes.find((one) => one.route.name === route);
  if (routed === undefined)
    return new ReplayError(
      `the handler has no route "${route}"; it has ${rules.routes.map((one) => `"${one.route.name}"`).join(', ')}. ` +
        'If the route is gone for good, drop the letter',
    );
  if (read !== undefined && !matches(routed, read)) return noLongerFor(route);
  return undefined;
}

export const noLongerFor = (route: string | null): ReplayError =>
  new ReplayError(
    route === null
      ? 'no route of the handler is for this record, now that it can be read. If that is meant, drop the letter'
      : `route "${route}" is not for this change any more: its entity or its options are others now. If that is meant, drop the letter`,
  );

const refuseGivenUp = (isExact: boolean, { hasLedger }: WorkRules): ReplayError | undefined =>
  hasLedger || isExact
    ? undefined
    : new ReplayError(
        'the range of the pointer holds other records than those that Lambda gave up, and without a ledger nobody knows ' +
          "which were handled: give the mapping's filter, or a handler with a ledger",
      );
