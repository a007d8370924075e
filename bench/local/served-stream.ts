import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { localEnvironment } from '../../src/local/stack/local-environment.ts';

export interface ServedStream extends Disposable {
  readonly streamArn: string;
  readonly stack: { readonly environment: ReturnType<typeof localEnvironment> };
}

export const servedRecords = 10_000;

/** A stream of 10,000 records of about 500 bytes, served by the Streams server of the tests in a process of its own. */
export async function serveStream(): Promise<ServedStream> {
  const program = join(import.meta.dirname, '../../test/streams-server/serve.ts');
  const child = spawn(process.execPath, [program, '--records', String(servedRecords)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: unknown[] = await once(createInterface(child.stdout), 'line');
  const served = JSON.parse(String(lines[0])) as { readonly endpoint: string; readonly streamArn: string };
  const endpoints = { dynamodb: served.endpoint, sqs: served.endpoint };
  return {
    streamArn: served.streamArn,
    stack: { environment: localEnvironment(endpoints, true, {}) },
    [Symbol.dispose]: () => child.kill(),
  };
}
