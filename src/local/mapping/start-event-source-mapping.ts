import { randomUUID } from 'node:crypto';
import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb-streams';
import { LocalStackError } from '../../errors.ts';
import { createInvoker } from '../function/invoke-function.ts';
import type { Checkpoints } from '../stream/checkpoints.ts';
import { streamNotFound } from '../stream/follow-shards.ts';
import { streamsApi } from '../stream/streams-api.ts';
import { mappingClients } from './aws-clients.ts';
import type { MappingMetrics } from './mapping-metrics.ts';
import { createCounts } from './mapping-metrics.ts';
import type { EventSourceMappingOptions } from './mapping-options.ts';
import { mappingObservers } from './mapping-observers.ts';
import { mappingSettings } from './mapping-settings.ts';
import { onFailureDestination } from './on-failure-destination.ts';
import type { RunningMapping } from './run-mapping.ts';
import { runMapping } from './run-mapping.ts';

/** A mapping that was started. */
export interface EventSourceMapping {
  readonly UUID: string;
  /**
   * Resolves when everything that the stream held at the time of the call is settled: handled, given up or filtered. It
   * waits as long as that takes, so for ever on a batch that fails for ever. Rejects if the mapping is disabled, or is
   * stopped before. A stream of AWS itself may show nothing for a while although there is more; it cannot know that.
   */
  readonly untilCaughtUp: () => Promise<void>;
  /** How far each shard is settled now; hand it to a later mapping as `resumeFrom`. */
  readonly checkpoints: () => Checkpoints;
  readonly metrics: () => MappingMetrics;
  /** Ends the waits between two tries that there are now: the function is another one, say. Counts stay as they are. */
  readonly retryNow: () => void;
  readonly state: () => 'Enabled' | 'Disabled';
  /** Ends the reading; running invocations end, and what they settle still counts. */
  readonly disable: () => Promise<void>;
  /** Goes on where it was; a tumbling window that was open begins afresh. */
  readonly enable: () => Promise<void>;
  /** As `disable`, for good. `abandon` does not wait for running invocations. Calling it again is harmless. */
  readonly stop: (options?: { readonly abandon?: boolean }) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Does on this machine what Lambda's event source mapping does for a DynamoDB stream: reads the shards in the order of
 * their lineage, filters, forms batches, invokes the function, obeys its answer, retries, bisects, and gives up. What is
 * faithful, what is a choice and what is not there: docs/local-development.md.
 * @throws InvalidOptionError for an option out of its range, with AWS's wording where it has one
 * @throws LocalStackError if there is no such stream, and errors of the SDK if it cannot be read
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 * @example
 * const stack = await startLocalStack();
 * const mapping = await startEventSourceMapping({
 *   EventSourceArn: streamArn,
 *   StartingPosition: 'TRIM_HORIZON',
 *   FunctionResponseTypes: ['ReportBatchItemFailures'],
 *   invoke: handler,
 *   stack,
 * });
 * await mapping.untilCaughtUp();
 */
export async function startEventSourceMapping(
  options: EventSourceMappingOptions,
): Promise<EventSourceMapping> {
  const settings = mappingSettings(options);
  const { invoke } = options;
  const clients = mappingClients(options);
  const uuid = randomUUID();
  const counts = createCounts();
  const destinationOf = () =>
    settings.destination && onFailureDestination({ destination: settings.destination, clients, uuid });
  const parts = {
    settings,
    invoke: typeof invoke === 'function' ? createInvoker({ ...settings, invoke }) : invoke.invoke,
    observers: mappingObservers(options),
    counts,
    onWrite: options.stack?.onWrite ?? (() => () => undefined),
  };

  let checkpoints = options.resumeFrom;
  let running: RunningMapping | undefined;
  let isStopped = false;

  const begin = async (): Promise<void> => {
    if (running || isStopped) return;
    const stopping = new AbortController();
    const api = streamsApi(clients.streams, settings.streamArn, stopping.signal);
    try {
      const destination = await destinationOf();
      running = await runMapping({ ...parts, destination, api, resumeFrom: checkpoints, stopping });
    } catch (error) {
      stopping.abort();
      throw error instanceof ResourceNotFoundException ? streamNotFound(settings.streamArn, error) : error;
    }
  };
  const end = async (how?: { readonly abandon?: boolean }): Promise<void> => {
    if (!running) return;
    await running.stop(how);
    checkpoints = running.checkpoints();
    running = undefined;
  };
  /** Beginning and ending take turns, in the order in which they were asked for. */
  let turns: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = turns.then(work);
    turns = turn.catch(() => undefined);
    return turn;
  };
  const stop: EventSourceMapping['stop'] = async (how) => {
    isStopped = true;
    // What runs is told at once; only the rest waits for its turn.
    await Promise.all([running?.stop(how), inTurn(() => end(how))]);
    clients.destroy();
  };

  try {
    if (settings.isEnabled) await begin();
  } catch (error) {
    clients.destroy();
    throw error;
  }
  return {
    UUID: uuid,
    untilCaughtUp: () =>
      running?.untilCaughtUp() ??
      Promise.reject(
        new LocalStackError(
          `The event source mapping of ${settings.functionName} is ${isStopped ? 'stopped' : 'disabled'}.`,
        ),
      ),
    checkpoints: () => running?.checkpoints() ?? checkpoints ?? {},
    metrics: counts.metrics,
    retryNow: () => running?.retryNow(),
    state: () => (running && !isStopped ? 'Enabled' : 'Disabled'),
    disable: () => inTurn(() => end()),
    enable: () => inTurn(begin),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}
