import { InvalidEventError } from '../errors.ts';
import type { ParkingPlace } from '../idempotency/item-memory.ts';
import type { ReplayWork } from '../processing/replay-work.ts';
import type { RawRecord } from '../stream/record.ts';
import { isObject } from '../stream/record.ts';
import type { ReplayRequest } from './replay-protocol.ts';

/** Whether an event comes from a replay, and not from a stream. */
export const isReplayEvent = (event: unknown): boolean =>
  isObject(event) && event['spillwayReplay'] !== undefined;

/**
 * Reads what a replay asks for. It comes from another process, and perhaps another version.
 * @throws InvalidEventError
 */
export function readReplayRequest(event: unknown): ReplayRequest {
  const order = isObject(event) ? event['spillwayReplay'] : undefined;
  const records = isObject(event) ? event['Records'] : undefined;
  if (!isObject(order) || order['version'] !== 1)
    throw new InvalidEventError(
      'the replay is of a version that this function does not know: deploy it with the Spillway that replays',
    );
  const { works, concurrency } = order;
  if (!Array.isArray(records) || !Array.isArray(works) || records.length !== works.length)
    throw new InvalidEventError('the replay does not say for each of its records what is wanted');
  const wrong = works.findIndex((work, index) => !isWork(work) || !isObject(records[index]));
  if (wrong >= 0) throw new InvalidEventError(`entry ${wrong} of the replay is not one that can be read`);
  if (concurrency !== undefined && !isWhole(concurrency, 1, 1_000))
    throw new InvalidEventError('the "concurrency" of the replay must be a whole number from 1 to 1,000');
  return {
    Records: records as readonly RawRecord[],
    spillwayReplay: {
      version: 1,
      works: works as readonly ReplayWork[],
      ...(concurrency !== undefined && { concurrency }),
    },
  };
}

function isWork(work: unknown): work is ReplayWork {
  if (!isObject(work) || !isStaleness(work)) return false;
  switch (work['kind']) {
    case 'letter':
      return (
        typeof work['letterId'] === 'string' &&
        typeof work['consumer'] === 'string' &&
        (work['route'] === null || typeof work['route'] === 'string') &&
        (work['parked'] === undefined || isParkingPlace(work['parked']))
      );
    case 'record': {
      const { bounds, isExact } = work;
      return (
        typeof isExact === 'boolean' &&
        isObject(bounds) &&
        isNumber(bounds['first']) &&
        isNumber(bounds['last'])
      );
    }
    default:
      return false;
  }
}

const isStaleness = ({ ifStale, stale }: Readonly<Record<string, unknown>>): boolean =>
  (ifStale === undefined || ifStale === 'run' || ifStale === 'skip' || ifStale === 'fail') &&
  (stale === undefined || (isObject(stale) && typeof stale['isSure'] === 'boolean'));

export const isParkingPlace = (value: unknown): value is ParkingPlace =>
  isObject(value) && typeof value['lane'] === 'string' && isWhole(value['place'], 0, Number.MAX_SAFE_INTEGER);

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const isNumber = (value: unknown): boolean => typeof value === 'string' && /^\d{1,40}$/.test(value);
