import type { Context } from 'aws-lambda';
import type { HandlerParts } from './open-invocation.ts';
import { openInvocation } from './open-invocation.ts';
import { closeSession } from './processing/close-session.ts';
import type { OutcomeName } from './processing/outcome.ts';
import { runBatch } from './processing/run-batch.ts';
import { StreamBatchProcessor } from './processing/stream-batch-processor.ts';
import type { BatchResponse } from './reporting/batch-response.ts';
import { checkedResponse } from './reporting/batch-response.ts';
import { readEvent } from './stream/read-event.ts';

/** An invocation by the stream. */
export async function handleBatch(
  parts: HandlerParts,
  event: unknown,
  context: Context,
): Promise<BatchResponse> {
  const records = readEvent(event);
  const { invocation, tellBatch, close } = openInvocation(parts, records, context);
  let outcomes: readonly OutcomeName[] = [];
  try {
    const processor = new StreamBatchProcessor(async (batch) => {
      outcomes = await runBatch(batch, parts.rules, invocation);
      return outcomes;
    });
    processor.register([...records], () => undefined, {
      throwOnFullBatchFailure: false,
      // How the records run is the processor's own business; this is how their results are asked for.
      processInParallel: false,
    });
    await processor.process();
    const response = checkedResponse(processor.response(), records, outcomes);
    const checkpoint = response.batchItemFailures[0]?.itemIdentifier;
    await closeSession(checkpoint, invocation);
    tellBatch(outcomes, checkpoint);
    return response;
  } finally {
    close();
  }
}
