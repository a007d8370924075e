import { decodeLetter } from '../../../src/dead-letter/decode-letter.ts';
import type { Letter } from '../../../src/dead-letter/letter.ts';
import type { Found, Pointer } from '../../../src/replay/reading/found.ts';
import type { ReplayEvent, RunOptions } from '../../../src/replay/engine/run-options.ts';
import type { ReplayTarget } from '../../../src/replay/target/target.ts';
import type { ReplayRequest, ReplayResult } from '../../../src/reporting/replay-protocol.ts';
import { isReplaySettled } from '../../../src/reporting/replay-protocol.ts';
import type { RawRecord } from '../../../src/stream/record.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import type { MemoryQueueOptions } from './memory-queue.ts';
import { memoryQueue } from './memory-queue.ts';

/** A letter of the item's change with this number; the higher, the later. */
export const letterOf = (
  item: string,
  change: number,
  overrides: Parameters<typeof letterFor>[1] = {},
): Letter => letterFor(recordOfChange(item, change), overrides);

export const recordOfChange = (item: string, change: number): RawRecord =>
  insertRecord(
    { id: item, change },
    {
      sequenceNumber: String(100_000_000_000_000_000_000n + BigInt(change)),
      createdAt: new Date(change * 1_000),
      eventId: `${item} ${change}`,
    },
  );

export const changeOf = (record: RawRecord): number =>
  Number(BigInt(record.dynamodb?.SequenceNumber ?? 0) - 100_000_000_000_000_000_000n);

/** A pointer's message; its records stand in it, as in S3. */
export const pointerBody = (id: string, records: readonly RawRecord[]): string =>
  JSON.stringify({ pointer: { ...pointerFields, id, batchSize: records.length, records } });

const pointerFields: Pointer = {
  id: '',
  functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:orders-consumer',
  functionName: 'orders-consumer',
  condition: 'RetryAttemptsExhausted',
  invokeCount: 3,
  timestamp: '2026-01-01T00:00:00.000Z',
  streamArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000',
  shardId: 'shardId-1',
  first: '1',
  last: '2',
  batchSize: 0,
  firstArrivedAt: undefined,
  lastArrivedAt: undefined,
  records: undefined,
};

export const readScripted = async ({ body }: { readonly body: string }): Promise<Found> => {
  try {
    const content = JSON.parse(body) as { readonly pointer?: Pointer };
    if (content.pointer) return { kind: 'pointer', pointer: content.pointer };
    return { kind: 'letter', letter: await decodeLetter(body) };
  } catch {
    return { kind: 'foreign', why: 'it is no letter' };
  }
};

/** What a request's record is, for logs and for scripts. */
export interface ScriptedWork {
  readonly item: string;
  readonly change: number;
  readonly letterId: string | undefined;
  /** Undefined for a record of a pointer. */
  readonly consumer: string | undefined;
}

export type Script = (work: ScriptedWork, request: ReplayRequest) => ReplayResult['outcome'] | ReplayResult;

/** A target that does as a script says, and blocks what lies behind a failure of its item, as a handler does. */
export function scriptedTarget(script: Script, during: () => Promise<void> | void = () => undefined) {
  const requests: ReplayRequest[] = [];
  const ran: (ScriptedWork & { readonly outcome: string })[] = [];
  const underWay = new Set<string>();
  const target: ReplayTarget = {
    description: 'the scripted target',
    refusalOfPointer: () => undefined,
    async run(request) {
      requests.push(request);
      const works = request.Records.map((record, index) => workIn(record, request, index));
      const items = new Set(works.map(laneName));
      for (const item of items) {
        if (underWay.has(item)) throw new Error('an item is in two requests at once');
        underWay.add(item);
      }
      await during();
      const blocked = new Set<string>();
      const results = works.map((work, index) => {
        const { stale, ifStale } = request.spillwayReplay.works[index] ?? {};
        if (stale !== undefined && !blocked.has(work.item)) {
          if (ifStale !== 'skip' || !stale.isSure) blocked.add(work.item);
          return staleResult;
        }
        const outcome = blocked.has(work.item) ? 'blocked' : script(work, request);
        const result: ReplayResult =
          typeof outcome === 'string'
            ? {
                outcome,
                attempts: outcome === 'failed' || outcome === 'handled' ? 1 : 0,
                letterIds: [],
                ...(outcome === 'failed' && {
                  error: { name: 'TypeError', message: 'no', stack: '', issues: [] },
                }),
              }
            : outcome;
        if (!isReplaySettled(result.outcome)) blocked.add(work.item);
        ran.push({ ...work, outcome: result.outcome });
        return result;
      });
      for (const item of items) underWay.delete(item);
      return results;
    },
  };
  return { target, requests, ran };
}

const laneName = ({ item, consumer }: ScriptedWork): string => JSON.stringify([item, consumer]);

const staleResult: ReplayResult = {
  outcome: 'stale',
  attempts: 0,
  error: { name: 'StaleLetterError', message: 'what the handler says', stack: '', issues: [] },
  letterIds: [],
};

function workIn(record: RawRecord, { spillwayReplay }: ReplayRequest, index: number): ScriptedWork {
  const work = spillwayReplay.works[index];
  return {
    item: record.dynamodb?.Keys?.['id']?.S ?? '',
    change: changeOf(record),
    letterId: work?.kind === 'letter' ? work.letterId : undefined,
    consumer: work?.kind === 'letter' ? work.consumer : undefined,
  };
}

export interface Scripted {
  readonly options?: Partial<RunOptions>;
  readonly queue?: Omit<MemoryQueueOptions, 'now'>;
  readonly script?: Script;
  readonly during?: () => Promise<void> | void;
}

/** A replay's parts, in memory and on a clock that stands still. */
export function scripted({ options = {}, queue = {}, script = () => 'handled', during }: Scripted = {}) {
  const runtime = instantRuntime();
  const memory = memoryQueue({ ...queue, now: runtime.now });
  const scriptedParts = scriptedTarget(script, during);
  const events: ReplayEvent[] = [];
  const controller = new AbortController();
  const runOptions: RunOptions = {
    queue: memory.queue,
    target: scriptedParts.target,
    readMessage: readScripted,
    readRange: ({ records = [] }) => Promise.resolve({ kind: 'whole', records, isExact: true }),
    judgeFreshness: undefined,
    ifStale: 'run',
    selection: {},
    concurrency: 10,
    ratePerSecond: undefined,
    max: undefined,
    dryRun: false,
    visibilitySeconds: 120,
    expired: undefined,
    signal: controller.signal,
    runtime,
    onEvent: (event) => events.push(event),
    ...options,
  };
  return {
    ...memory,
    ...scriptedParts,
    runtime,
    events,
    options: runOptions,
    interrupt: () => controller.abort(),
    putLetter: (letter: Letter) => memory.put({ body: JSON.stringify(letter) }),
  };
}
