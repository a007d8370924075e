import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { FilterCriteria } from '../../filter/compile-filter-criteria.ts';
import { compileFilterCriteria } from '../../filter/compile-filter-criteria.ts';
import { filterLimits } from '../../filter/filter-limits.ts';
import type { Runtime } from '../../runtime.ts';
import type { RawRecord } from '../../stream/record.ts';
import type { Pointer, Range } from './found.ts';
import type { Walk } from './read-between.ts';
import { readBetween } from './read-between.ts';
import { createShardReader } from './read-shard.ts';
import type { ReadRange } from '../engine/run-options.ts';

export interface RangeReaderParts {
  /** Default: one made for each region that a pointer names, when it is needed. */
  readonly client?: DynamoDBStreamsClient;
  /** The mapping's: what it does not let through was not in the batch. */
  readonly filter?: FilterCriteria;
  readonly runtime: Runtime;
  /** Aborts the reading, which then rejects. */
  readonly signal: AbortSignal;
}

/**
 * Reads from the stream what a pointer points to. A range is `whole` only if its first and its last record were seen, and
 * no fewer records than the batch had: on any doubt it is `expired`, with what of it there is and the reason.
 * It rejects with a `ReplayError` if the stream may not be read, or cannot be reached.
 * @throws InvalidOptionError for a filter that Lambda would refuse
 */
export function createRangeReader({ client, filter, runtime, signal }: RangeReaderParts): ReadRange {
  const passes = compileFilterCriteria(filter, { filtersAtMost: filterLimits.filtersAtMost });
  const reader = createShardReader({ client, runtime, signal });
  return async (pointer) => {
    if (pointer.records !== undefined) return rangeOf(pointer, pointer.records, undefined);
    const { records, ...walk } = await readBetween(pointer, { reader, passes, runtime, signal });
    return rangeOf(pointer, records, whatIsMissing(walk));
  };
}

function rangeOf({ batchSize }: Pointer, records: readonly RawRecord[], missing: string | undefined): Range {
  if (missing !== undefined) return { kind: 'expired', records, why: missing };
  // Not that it were expired; but to settle it would lose what is not there.
  if (records.length < batchSize)
    return {
      kind: 'expired',
      records,
      why: `only ${records.length} of the ${batchSize} records of the batch are there; is the filter that of the mapping?`,
    };
  return { kind: 'whole', records, isExact: records.length === batchSize };
}

/** Undefined: nothing. */
function whatIsMissing({ end, sawFirst, wasTrimmed }: Omit<Walk, 'records'>): string | undefined {
  if (end === 'unknown')
    return (
      'the stream, or the shard in it, is not known any more: a stream keeps records for 24 hours, and is gone with its table. ' +
      'If it should be there, are the credentials those of its account?'
    );
  if (end === 'too-large')
    return (
      'more lies between its first and its last record than a batch, and what ran beside it, can be; ' +
      "give the mapping's filter, or look at the pointer."
    );
  if (wasTrimmed || !sawFirst) return 'the stream has lost records of it: a stream keeps them for 24 hours.';
  switch (end) {
    case 'last-seen':
      return undefined;
    case 'passed':
    case 'shard-end':
      return 'its last record is not in the shard that it names.';
    case 'tip':
      return 'its last record is not in the shard that it names, which was read as far as it is written.';
  }
}
