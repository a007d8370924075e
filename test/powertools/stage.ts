import { createHandlerIn } from '../../src/create-handler.ts';
import type { HandlerOptions, RawRecord } from '../../src/index.ts';
import type { Observer, RecordEvent } from '../../src/processing/observer.ts';
import type { AnyRouter } from '../../src/routing/router.ts';
import { lambdaContext, memoryDeadLetters, memoryLedger, streamEvent } from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

/** A handler of the consumer "orders" with everything in memory, and what its observers were told. */
export function stage(router: AnyRouter, observers: readonly Observer[] = [], options: HandlerOptions = {}) {
  const told: RecordEvent[] = [];
  const runtime = instantRuntime();
  const handler = createHandlerIn(runtime, router, {
    consumer: 'orders',
    ledger: memoryLedger(),
    deadLetters: memoryDeadLetters(),
    log: 'off',
    observers: [{ onRecord: (event) => told.push(event) }, ...observers],
    ...options,
  });
  const deliver = (...records: readonly RawRecord[]) => handler(streamEvent(...records), lambdaContext());
  return { handler, deliver, told, runtime };
}

/** What is written to standard output and standard error meanwhile, line by line. */
export async function linesOf(run: () => unknown): Promise<readonly string[]> {
  const written: string[] = [];
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write.bind(stream));
  const capture = ((chunk: string | Uint8Array): boolean => {
    written.push(String(chunk));
    return true;
  }) as typeof process.stdout.write;
  for (const stream of streams) stream.write = capture;
  try {
    await run();
  } finally {
    streams.forEach((stream, index) => {
      const original = originals[index];
      if (original !== undefined) stream.write = original;
    });
  }
  return written
    .join('')
    .split('\n')
    .filter((line) => line !== '');
}

/** A wait that gives everything else its turn. */
export const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
