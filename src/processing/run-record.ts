import type { Invocation, Progress } from './invocation.ts';
import type { RecordResult, RouteResult } from './outcome.ts';
import { isSettled, recordResult } from './outcome.ts';
import type { Settling } from './run-task.ts';
import { runTask } from './run-task.ts';
import type { Task } from './task.ts';

/** Handles one record by all the routes that are for it, one after the other. Never throws. */
export function runRecord(
  tasks: readonly Task[],
  invocation: Invocation,
  progress: Progress,
): RecordResult | Promise<RecordResult | Settling<RecordResult>> {
  const [only] = tasks;
  if (only === undefined) return unrouted;
  return tasks.length === 1
    ? runTask(only, invocation, progress).then(ofOneRoute)
    : runAll(tasks, invocation, progress);
}

const unrouted: RecordResult = { outcome: 'unrouted', routes: [] };

const resultOfOne = (result: RouteResult): RecordResult => ({ outcome: result.outcome, routes: [result] });
const ofOneRoute = (ran: RouteResult | Settling<RouteResult>): RecordResult | Settling<RecordResult> =>
  'settling' in ran ? { settling: ran.settling.then(resultOfOne) } : resultOfOne(ran);

async function runAll(
  tasks: readonly Task[],
  invocation: Invocation,
  progress: Progress,
): Promise<Settling<RecordResult>> {
  const results: Promise<RouteResult>[] = [];
  for (const task of tasks) {
    if (await mayStart(results, invocation)) {
      const ran = await runTask(task, invocation, progress);
      results.push('settling' in ran ? ran.settling : Promise.resolve(ran));
    } else results.push(leave(task));
  }
  return { settling: Promise.all(results).then(recordResult) };
}

async function leave({ route, claim }: Task): Promise<RouteResult> {
  await claim?.releaseUnused();
  return { route, outcome: 'deferred', attempts: 0, durationMs: 0 };
}

/** Without a ledger, what ran after a failure would run again with the redelivery that the failure brings. */
const mayStart = async (
  before: readonly Promise<RouteResult>[],
  { ledger, deadline }: Invocation,
): Promise<boolean> => {
  if (deadline.remainingMs() <= 0) return false;
  return ledger !== undefined || (await Promise.all(before)).every(({ outcome }) => isSettled(outcome));
};
