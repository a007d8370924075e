import { LocalStackError } from '../errors.ts';

export interface RunningQueues {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** SQS, S3 and SNS within this process. fauxqs is loaded only when it is needed: it is no part of production. */
export async function startFauxqs(dataDir: string | undefined): Promise<RunningQueues> {
  const { startFauxqs: start } = await import('fauxqs').catch((cause: unknown) => {
    throw new LocalStackError(
      'The local SQS, fauxqs, cannot be loaded. Install it: npm install --save-dev fauxqs',
      { cause },
    );
  });
  const server = await start({ port: 0, logger: false, ...(dataDir !== undefined && { dataDir }) });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}
