import { onTestFinished } from 'vitest';
import type { EventSourceMappingOptions, InvocationReport, LambdaFunction } from '../../src/local/index.ts';
import type { OnFailurePointer } from '../../src/local/index.ts';
import type { Invoke } from '../../src/local/function/invocation.ts';
import { createInvoker } from '../../src/local/function/invoke-function.ts';
import { mappingObservers } from '../../src/local/mapping/mapping-observers.ts';
import { createCounts } from '../../src/local/mapping/mapping-metrics.ts';
import { mappingSettings } from '../../src/local/mapping/mapping-settings.ts';
import { runMapping } from '../../src/local/mapping/run-mapping.ts';
import type { ScriptedStreams } from './scripted-streams.ts';
import { sequenceNumberOf } from './shop.ts';

export interface ScriptedOptions extends Omit<Partial<EventSourceMappingOptions>, 'invoke'> {
  readonly invoke?: LambdaFunction;
  /** In place of `invoke`: what is invoked, and how that ends. */
  readonly invoker?: Invoke;
  /** Takes the pointers, as the on-failure destination. */
  readonly send?: (pointer: OnFailurePointer, signal: AbortSignal) => Promise<unknown>;
  readonly onWrite?: (wake: () => void) => () => void;
}

/** Runs a mapping on scripted streams until the test is over, and keeps what was seen of it. */
export async function runScripted(
  streams: ScriptedStreams,
  { invoke = () => null, invoker, send, onWrite = () => () => undefined, ...options }: ScriptedOptions = {},
) {
  /** The sequence numbers of each invocation, in the order of the invocations. */
  const batches: (readonly string[])[] = [];
  const reports: InvocationReport[] = [];
  const pointers: OnFailurePointer[] = [];
  const errors: Error[] = [];
  const settings = mappingSettings({
    EventSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Shop/stream/1',
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    pollIntervalMs: 1,
    shardDiscoveryIntervalMs: 5,
    retry: { baseDelayMs: 1, maxDelayMs: 2 },
    ...options,
    invoke,
  });
  const counts = createCounts();
  const mapping = await runMapping({
    settings,
    resumeFrom: options.resumeFrom,
    api: streams.api,
    invoke:
      invoker ??
      createInvoker({
        ...settings,
        invoke: (event, context) => {
          batches.push(event.Records.map(sequenceNumberOf));
          return invoke(event, context);
        },
      }),
    destination: send && {
      arn: 'arn:aws:sqs:us-east-1:000000000000:letters',
      send: async (pointer, _, signal) => {
        await send(pointer, signal);
      },
    },
    counts,
    onWrite,
    observers: mappingObservers({
      onInvocation: (report) => reports.push(report),
      onGivenUp: (pointer) => pointers.push(pointer),
      ...options,
      onError: (error) => errors.push(error),
    }),
    stopping: new AbortController(),
  });
  onTestFinished(() => mapping.stop({ abandon: true }));
  return { mapping, batches, delivered: () => batches.flat(), reports, pointers, errors, counts };
}
