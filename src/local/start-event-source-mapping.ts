import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { mappingClients } from './aws-clients.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { EventSourceMappingOptions } from './mapping-options.ts';
import { mappingObservers } from './mapping-observers.ts';
import { mappingSettings } from './mapping-settings.ts';
import { runMapping } from './run-mapping.ts';
import { streamsApi } from './streams-api.ts';

/** A mapping that runs. */
export interface EventSourceMapping {
  /**
   * Resolves when everything that the stream held at the time of the call is settled: handled, or given up. It waits as
   * long as that takes, so for ever on a batch that fails for ever. Rejects if the mapping is stopped before.
   */
  readonly untilCaughtUp: () => Promise<void>;
  /** How far each shard is settled now; hand it to a later mapping as `resumeFrom`. */
  readonly checkpoints: () => Checkpoints;
  /**
   * Ends the reading at once and lets running invocations end, each within its time limit; what they settle still
   * counts. `abandon` does not wait for them either. Calling it again is harmless.
   */
  readonly stop: (options?: { readonly abandon?: boolean }) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Does on this machine what Lambda's event source mapping does for a DynamoDB stream: reads the shards in the order of
 * their lineage, invokes the function with one batch of a shard after the other, obeys `batchItemFailures`, retries, and
 * gives up after `maximumRetryAttempts`.
 *
 * Where it differs: it has no bisecting, no filters, no parallelization factor, no tumbling windows and no maximum
 * record age; it cannot end a function that overruns its time limit; and if the on-failure queue refuses a pointer,
 * the shard waits until it accepts.
 * @throws InvalidOptionError for an option out of its range
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 * @example
 * const stack = await startLocalStack();
 * const mapping = await startEventSourceMapping({ streamArn, invoke: handler, environment: stack.environment });
 * await mapping.untilCaughtUp();
 */
export async function startEventSourceMapping(
  options: EventSourceMappingOptions,
): Promise<EventSourceMapping> {
  const settings = mappingSettings(options);
  const clients = mappingClients(options);
  const stopping = new AbortController();
  const queueUrl = options.onFailure?.queueUrl;
  try {
    const mapping = await runMapping({
      settings,
      api: streamsApi(clients.streams, settings.streamArn, stopping.signal),
      sendPointer: async (pointer) => {
        if (queueUrl === undefined) return;
        const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(pointer) });
        await clients.sqs.send(command);
      },
      observers: mappingObservers(options),
      stopping,
    });
    const stop: EventSourceMapping['stop'] = async (how) => {
      await mapping.stop(how);
      clients.destroy();
    };
    return { ...mapping, stop, [Symbol.asyncDispose]: () => stop() };
  } catch (error) {
    stopping.abort();
    clients.destroy();
    throw error;
  }
}
