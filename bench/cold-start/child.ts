// Lambda's runtime has it by the time that it imports a handler.
// @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/client/rapid-client.ts
import 'node:http';
import { readFileSync } from 'node:fs';

/** What a start took in this process, which does nothing else. */
export interface Took {
  /** From the call of `import` until the handler is there. */
  readonly importMs: number;
  /** The processor's time for that. */
  readonly importCpuMs: number;
  /** The first invocation, with one record. */
  readonly firstRecordMs: number;
  /** The processor's time for both, and whatever else this process did meanwhile. */
  readonly cpuMs: number;
  /** The second, with a record that cannot be handled. */
  readonly firstLetterMs: number;
}

/** The events of the two invocations. */
export interface Events {
  readonly good: unknown;
  readonly bad: unknown;
}

type Handler = (
  event: unknown,
  context: object,
) => Promise<{ readonly batchItemFailures: readonly unknown[] }>;

const [bundle = '', eventsFile = ''] = process.argv.slice(2);
const { good, bad } = JSON.parse(readFileSync(eventsFile, 'utf8')) as Events;
const context = {
  functionName: 'orders',
  awsRequestId: '00000000-0000-0000-0000-000000000000',
  getRemainingTimeInMillis: () => 30_000,
};

const cpuBefore = process.cpuUsage();
const started = performance.now();
const { handler } = (await import(bundle)) as { readonly handler: Handler };
const imported = performance.now();
const importCpu = process.cpuUsage(cpuBefore);
const first = await handler(good, context);
const recordDone = performance.now();
const cpu = process.cpuUsage(cpuBefore);
const second = await handler(bad, context);
const letterDone = performance.now();

if (first.batchItemFailures.length > 0 || second.batchItemFailures.length > 0)
  throw new Error('a record was reported as failed');
process.send?.(
  {
    importMs: imported - started,
    firstRecordMs: recordDone - imported,
    importCpuMs: (importCpu.user + importCpu.system) / 1_000,
    cpuMs: (cpu.user + cpu.system) / 1_000,
    firstLetterMs: letterDone - recordDone,
  } satisfies Took,
  () => process.exit(),
);
