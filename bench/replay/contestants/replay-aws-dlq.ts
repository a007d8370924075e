import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Run } from '../contestants.ts';
import type { Turn } from '../turn.ts';

interface Package {
  readonly redrive: (queues: { readonly from: string; readonly to: string }) => Promise<void>;
}

/**
 * Its own function, as its command calls it. It ends when a receive of 20 seconds has brought nothing; that is not counted:
 * the time is when it says that the last message was moved, which is after that was deleted.
 */
export function replayAwsDlq({ peerFolder, queueUrl, targetUrl, letters }: Turn): Run {
  const load = createRequire(join(peerFolder, 'package.json'));
  const { redrive } = load('replay-aws-dlq') as Package;
  return () => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const say = console.log;
    let moved = 0;
    console.log = (...words: readonly unknown[]) => {
      say(...words);
      if (String(words[0]).startsWith('moved message')) moved += 1;
      if (moved === letters) resolve(performance.now());
    };
    redrive({ from: queueUrl, to: targetUrl }).catch(reject);
    return promise;
  };
}
