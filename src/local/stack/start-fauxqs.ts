import { LocalStackError } from '../../errors.ts';
import { notInstalled } from '../optional-package.ts';
import { portTaken } from './port-taken.ts';

export interface RunningQueues {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

export interface FauxqsParts {
  /** A folder for what is to be kept. Default: in memory. */
  readonly dataDir: string | undefined;
  /** Default: one that is free. */
  readonly port: number | undefined;
}

/** SQS, S3 and SNS within this process. fauxqs is loaded only when it is needed: it is no part of production. */
export async function startFauxqs({ dataDir, port = 0 }: FauxqsParts): Promise<RunningQueues> {
  const what = 'The local SQS, fauxqs, cannot be loaded. Install it';
  const { startFauxqs: start } = await import('fauxqs').catch(notInstalled(what, 'fauxqs'));
  const options = { port, logger: false, ...(dataDir !== undefined && { dataDir }) };
  const open = () => start(options);
  const opened =
    dataDir === undefined ? open() : (await import('./keep-receive-counts.ts')).keepingReceiveCounts(open);
  const server = await opened.catch((cause: unknown) => {
    if ((cause as { readonly code?: unknown }).code === 'EADDRINUSE') throw portTaken(port, cause);
    throw new LocalStackError('The local SQS, fauxqs, could not be started.', { cause });
  });
  return { endpoint: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}
