import type { ReplayContestant } from './contestants.ts';
import type { Endpoints, Ground } from './ground.ts';
import { prepareGround } from './ground.ts';
import { measureInChild } from './measure-in-child.ts';
import type { QueueProcess, QueueUsage } from './queue-process.ts';
import type { Took } from './turn.ts';

export interface TurnPlan {
  readonly contestant: ReplayContestant;
  readonly letters: number;
  readonly peerFolder: string;
  readonly seesHeap: boolean;
  /** No two turns have the same. */
  readonly name: string;
}

/** What a turn took, and what the queue's process did meanwhile. */
export type TurnOutcome =
  | { readonly kind: 'measured'; readonly took: Took; readonly queue: QueueUsage }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Fills a queue with letters, has them worked off, and sees whether they all were.
 * @param seen where the contestant finds the engines
 */
export async function takeTurn(plan: TurnPlan, queue: QueueProcess, seen: Endpoints): Promise<TurnOutcome> {
  const { contestant, letters, peerFolder, seesHeap, name } = plan;
  const real = { ...seen, sqs: queue.endpoint };
  await using ground = await prepareGround(name, real, { ...contestant.needs, letters });
  const { ledgerTable } = ground;
  const [queueUrl, targetUrl] = [ground.queueUrl, ground.targetUrl].map((url) =>
    url.replace(real.sqs, seen.sqs),
  );
  const before = await queue.usage();
  const outcome = await measureInChild({
    ...{ contestant: contestant.id, letters, endpoints: seen, ledgerTable, peerFolder, seesHeap },
    queueUrl: queueUrl ?? '',
    targetUrl: targetUrl ?? '',
  });
  const after = await queue.usage();
  if (outcome.kind === 'failed') return outcome;
  const wrong = await leftIn(ground, letters);
  if (wrong !== undefined) return { kind: 'failed', reason: wrong };
  const used = { cpuMs: after.cpuMs - before.cpuMs, busyMs: after.busyMs - before.busyMs };
  return { kind: 'measured', took: outcome.took, queue: used };
}

async function leftIn(
  { countIn, queueUrl, targetUrl }: Ground,
  letters: number,
): Promise<string | undefined> {
  const left = await countIn(queueUrl);
  if (left > 0) return `${left} messages were left in the queue`;
  if (targetUrl === '') return undefined;
  const arrived = await countIn(targetUrl);
  return arrived === letters ? undefined : `${arrived} of ${letters} messages arrived`;
}
