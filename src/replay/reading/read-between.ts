import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import type { RecordFilter } from '../../filter/compile-filter-pattern.ts';
import type { Runtime } from '../../runtime.ts';
import { toLambdaRecord } from '../../stream/lambda-record.ts';
import type { RawRecord } from '../../stream/record.ts';
import { sizeBytesOf } from '../../stream/record-facts.ts';
import type { Pointer } from './found.ts';
import type { Answer, Position, RecordsPage, ShardReader } from './read-shard.ts';

/** What was seen on the way through a range. */
export interface Walk {
  /** Those that pass the filter, in stream order. */
  readonly records: readonly RawRecord[];
  /** `passed`: a record behind the range came, and its last one had not come. `tip`: nothing more is written yet. */
  readonly end: 'last-seen' | 'passed' | 'shard-end' | 'tip' | 'unknown' | 'too-large';
  readonly sawFirst: boolean;
  /** Whether records were asked for that the stream keeps no more. */
  readonly wasTrimmed: boolean;
}

export interface WalkParts {
  readonly reader: ShardReader;
  readonly passes: RecordFilter;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
}

/** GetRecords gives at most so many.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const mostPerPage = 1_000;
/** The waits between empty pages, and for how long an open shard must give nothing else to be read to its tip. */
const emptyPages = { waitMs: 250, quietMs: 15_000 };
/** Ten batches of 6 MB run beside each other at most; more is kept from the memory. A record counts for some itself. */
const largestRange = { bytes: 128 * 1_048_576, bytesPerRecord: 1_024 };

/**
 * Reads a shard from the pointer's first record to its last. An empty page is not the end; what the stream has lost is
 * passed over.
 */
export async function readBetween(pointer: Pointer, parts: WalkParts): Promise<Walk> {
  const { reader, runtime, signal } = parts;
  const gathered = createGathering(pointer, parts.passes);
  const quiet = createQuiet(runtime);
  let position: Position = { kind: 'AT_SEQUENCE_NUMBER', sequenceNumber: pointer.first };
  let iterator: string | undefined;
  let wasTrimmed = false;
  let limit = Math.min(pointer.batchSize, mostPerPage);
  const walk = (end: Walk['end']): Walk => ({ ...gathered.soFar(), end, wasTrimmed });

  const read = async (): Promise<Answer<RecordsPage>> => {
    if (iterator === undefined) {
      const answer = await reader.iterator(pointer, position);
      if (answer.kind !== 'given') return answer;
      if (answer.value === undefined) return { kind: 'given', value: { records: [], next: undefined } };
      iterator = answer.value;
    }
    return reader.records(pointer, iterator, limit);
  };
  /** Begins again where it was, or where the stream begins now. */
  const recover = (problem: 'too-old' | 'trimmed'): void => {
    iterator = undefined;
    if (problem === 'too-old') return;
    wasTrimmed = true;
    position = { kind: 'TRIM_HORIZON' };
  };
  const goOnAfter = ({ records, next }: RecordsPage): void => {
    const lastRead = records.at(-1)?.dynamodb?.SequenceNumber;
    if (lastRead !== undefined) position = { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: lastRead };
    iterator = next;
    // Filtered records and those of other lanes lie between, nobody knows how many.
    limit = mostPerPage;
  };

  for (;;) {
    const answer = await read();
    if (answer.kind === 'unknown') return walk('unknown');
    if (answer.kind === 'given') {
      const page = answer.value;
      const end = gathered.add(page.records) ?? (page.next === undefined ? 'shard-end' : undefined);
      if (end !== undefined) return walk(end);
      goOnAfter(page);
      if (page.records.length > 0) {
        quiet.end();
        continue;
      }
      if (quiet.isLong()) {
        const isOpen = await reader.isOpen(pointer);
        if (isOpen.kind !== 'given') return walk('unknown');
        if (isOpen.value) return walk('tip');
        // A closed shard comes to its end.
        quiet.end();
      }
    } else recover(answer.kind);
    await runtime.sleep(emptyPages.waitMs, signal);
  }
}

/** Keeps what is in the range and passes the filter. */
function createGathering({ first, last, streamArn }: Pointer, passes: RecordFilter) {
  const [from, to] = [BigInt(first), BigInt(last)];
  const kept: RawRecord[] = [];
  let bytes = 0;
  let sawFirst = false;
  /** Behind which it goes on: an iterator from the horizon gives some a second time. */
  let lastSeen = from - 1n;

  const addOne = (record: StreamsApiRecord): Walk['end'] | undefined => {
    const number = BigInt(record.dynamodb?.SequenceNumber ?? 0);
    if (number > to) return 'passed';
    if (number <= lastSeen) return undefined;
    lastSeen = number;
    sawFirst ||= number === from;
    const raw = toLambdaRecord(record, { eventSourceArn: streamArn });
    if (passes(raw)) {
      bytes += sizeBytesOf(raw) + largestRange.bytesPerRecord;
      if (bytes > largestRange.bytes) return 'too-large';
      kept.push(raw);
    }
    return number === to ? 'last-seen' : undefined;
  };
  return {
    /** Why no more need be read; undefined if more must be. */
    add(records: readonly StreamsApiRecord[]): Walk['end'] | undefined {
      for (const record of records) {
        const end = addOne(record);
        if (end !== undefined) return end;
      }
      return undefined;
    },
    soFar: () => ({ records: [...kept], sawFirst }),
  };
}

/** Tells how long there have been empty pages and no others. */
function createQuiet({ now }: Runtime) {
  let since: number | undefined;
  return {
    isLong: () => now() - (since ??= now()) >= emptyPages.quietMs,
    end: () => {
      since = undefined;
    },
  };
}
