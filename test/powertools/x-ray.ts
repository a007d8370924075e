import { createRequire } from 'node:module';
import xraySdk from 'aws-xray-sdk-core';

export interface SentSegment {
  readonly id: string;
  readonly name: string;
  readonly trace_id: string;
  readonly parent_id: string;
  readonly in_progress?: boolean;
  readonly fault?: boolean;
  readonly cause?: unknown;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly subsegments?: readonly SentSegment[];
}

/** Of the segment that everything else is in. */
export const rootId = '53995c3f42cd8ad8';

const traceId = '1-5759e988-bd862e3fe1be46a994272793';

/**
 * What the X-Ray SDK sends to its daemon while `run` runs as an invocation on Lambda: the SDK was loaded with
 * `LAMBDA_TASK_ROOT` set, so it has Lambda's facade for a root and sends each subsegment as it closes.
 */
export async function sentWhile(run: () => unknown): Promise<readonly SentSegment[]> {
  const emitter = createRequire(import.meta.url)('aws-xray-sdk-core/dist/lib/segment_emitter.js') as {
    send: (segment: { format: () => string }) => void;
  };
  const send = emitter.send;
  const sent: SentSegment[] = [];
  emitter.send = (segment) => sent.push(JSON.parse(segment.format()) as SentSegment);
  try {
    await xraySdk.getNamespace().runAndReturn(() => {
      const root = new xraySdk.Segment('function', traceId);
      // As the facade has it: always one open, so that what closes is sent at once.
      Object.assign(root, { id: rootId, counter: 1 });
      xraySdk.setSegment(root);
      return run();
    });
  } finally {
    emitter.send = send;
  }
  return sent;
}
