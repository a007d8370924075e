import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What a queue's process has used since its start. */
export interface QueueUsage {
  readonly cpuMs: number;
  /** For how long its event loop was at work: it serves one request at a time. */
  readonly busyMs: number;
}

export interface QueueProcess extends AsyncDisposable {
  readonly endpoint: string;
  readonly usage: () => Promise<QueueUsage>;
}

/** The local SQS in a process of its own, as a queue is: what it does is nobody else's time or memory. */
export async function startQueueProcess(): Promise<QueueProcess> {
  const child = fork(new URL('./queue-child.ts', import.meta.url), [], {
    execArgv: ['--conditions=spillway-source'],
  });
  const exited = once(child, 'exit');
  const answer = async (): Promise<unknown> => {
    const gone = exited.then(() => {
      throw new Error("the queue's process has ended: standard error says why");
    });
    const [message] = (await Promise.race([once(child, 'message'), gone])) as readonly unknown[];
    return message;
  };
  return {
    endpoint: String(await answer()),
    usage: async () => {
      child.send('usage');
      return (await answer()) as QueueUsage;
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await exited;
    },
  };
}
