import type { ReplayOutcome, ReplayResult } from '../../reporting/replay-protocol.ts';
import { isReplaySettled } from '../../reporting/replay-protocol.ts';
import { BrokenPromiseError } from '../../errors.ts';
import type { FreshnessAt } from '../freshness/freshness-of-parts.ts';
import { createFreshnessOfParts } from '../freshness/freshness-of-parts.ts';
import type { Holdings } from './holdings.ts';
import type { LanePart } from './lane-queue.ts';
import { createLaneQueue } from './lane-queue.ts';
import type { Numbering } from './numbering.ts';
import type { Pace } from './pace.ts';
import type { LetterPiece, Piece } from './piece.ts';
import { functionNameOf, isOutOfDate, recordOf, staleError, workOf } from './piece.ts';
import type { Plan } from './plan-lanes.ts';
import { rewriteLetter } from './rewrite-letter.ts';
import type { RunOptions } from './run-options.ts';
import { sendInTurns } from './send-in-turns.ts';
import type { Tally } from './tally.ts';
import type { WorkIndex } from './work-index.ts';

export interface RoundParts {
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly works: WorkIndex;
  readonly holdings: Holdings;
  readonly tally: Tally;
  readonly pace: Pace;
  readonly caused: Numbering;
  /** Items of which nothing more may run in this replay. */
  readonly closedItems: Set<number>;
  /** A work is over. */
  readonly end: (work: number, isSettled: boolean) => void;
}

/** What is sent of a lane's next works, and how fresh they are. */
interface Turn {
  readonly part: LanePart;
  /** So many of the part's works, from the first; those behind belong to messages that were lost to us. */
  readonly sent: number;
  readonly freshnessAt: FreshnessAt;
}

/** Runs the works of a plan, and resolves when none runs any more. Rejects with what ended it too early. */
export async function runRound(parts: RoundParts): Promise<void> {
  const { options, plan, works, holdings, tally, end, closedItems } = parts;
  const { target, ifStale, signal } = options;
  const lanes = createLaneQueue(plan, works);
  /** Of the works that are under way, which are asked for more than once. */
  const pieces = new Map<number, Piece>();
  const read = (work: number): Piece => pieces.get(work) ?? works.read(work);
  const judgeParts = createFreshnessOfParts({ plan, read, judge: options.judgeFreshness });

  const tell = (
    lane: number,
    place: number,
    outcome: ReplayOutcome | 'skipped',
    error?: ReplayResult['error'],
  ) => {
    const work = plan.workAt(lane, place);
    const messageId = holdings.idOf(works.messagesOf(work)[0] ?? 0);
    tally.tell({ piece: read(work), messageId, place, outcome, error });
    const isSettled = outcome === 'skipped' || isReplaySettled(outcome);
    end(work, isSettled);
    if (isSettled) for (const message of works.messagesOf(work)) holdings.settlePiece(message);
  };
  /** What is left of a lane behind a work that is not settled. */
  const closeBehind = (lane: number, place: number, freshnessAt: FreshnessAt = () => undefined) => {
    closedItems.add(plan.itemOf(lane));
    for (let at = place; at < plan.allowedOf(lane); at += 1) tellUnfit(lane, at, freshnessAt(at));
  };
  const tellUnfit = (lane: number, place: number, freshness: ReturnType<FreshnessAt>) => {
    if (isOutOfDate(freshness)) tell(lane, place, 'stale', staleError(freshness));
    else tell(lane, place, 'blocked');
  };

  /** Sends what may be sent of some lanes' next works, and hands the lanes back. */
  const work = async (taken: readonly LanePart[], concurrency: number): Promise<number> => {
    const numbers = taken.flatMap((part) => part.works);
    for (const one of numbers) pieces.set(one, works.read(one));
    try {
      const sent = await workOn(taken, concurrency);
      // Work that is quick must not leave SQS behind, nor this process without a turn for its timers.
      await holdings.catchUp();
      return sent;
    } finally {
      for (const one of numbers) pieces.delete(one);
    }
  };
  const workOn = async (taken: readonly LanePart[], concurrency: number): Promise<number> => {
    const freshness = await judgeParts(taken);
    const lost = await holdings.lostOf(
      taken.flatMap((part) => part.works.flatMap((one) => works.messagesOf(one))),
    );
    if (signal.aborted) {
      for (const { lane } of taken) lanes.release(lane, 0);
      return 0;
    }
    const isLost = (one: number) => works.messagesOf(one).some((message) => lost.has(message));
    const turns = taken.map((part, index): Turn => {
      const at = part.works.findIndex(isLost);
      return {
        part,
        sent: at < 0 ? part.works.length : at,
        freshnessAt: freshness[index] ?? (() => undefined),
      };
    });
    const results = await send(turns, concurrency);
    const hasProgress = results.some(({ outcome }) => outcome !== 'deferred' && outcome !== 'blocked');
    let from = 0;
    const rewrites: Promise<void>[] = [];
    for (const turn of turns) {
      rewrites.push(...conclude(turn, results.slice(from, from + turn.sent), hasProgress));
      from += turn.sent;
    }
    await Promise.all(rewrites);
    return results.length;
  };

  const send = async (turns: readonly Turn[], concurrency: number): Promise<readonly ReplayResult[]> => {
    const sent = turns.flatMap(({ part, sent: count, freshnessAt }) =>
      part.works.slice(0, count).map((one, index) => {
        const piece = read(one);
        return { piece, work: workOf(piece, ifStale, freshnessAt(part.place + index)) };
      }),
    );
    const [first] = sent;
    if (first === undefined) return [];
    const request = {
      Records: sent.map(({ piece }) => recordOf(piece)),
      spillwayReplay: { version: 1 as const, works: sent.map(({ work: one }) => one), concurrency },
    };
    const results = await target.run(request, functionNameOf(first.piece));
    if (results.length !== sent.length)
      throw new BrokenPromiseError(
        `${target.description} answered ${results.length} results to ${sent.length} records of a replay`,
      );
    return results;
  };

  /** Notes the results of a lane, in its order up to the first that is not settled. */
  const conclude = (
    { part, sent, freshnessAt }: Turn,
    results: readonly ReplayResult[],
    hasProgress: boolean,
  ): readonly Promise<void>[] => {
    const { lane, place } = part;
    for (const { letterIds } of results) for (const id of letterIds) parts.caused.numberOf(id);
    let over = 0;
    for (const result of results) {
      if (result.outcome === 'deferred' && hasProgress) {
        lanes.release(lane, over);
        return [];
      }
      const freshness = freshnessAt(place + over);
      const outcome = isSkipped(result, freshness) ? 'skipped' : result.outcome;
      // The target was only told that it is stale, and not why.
      const isJudged = result.outcome === 'stale' && isOutOfDate(freshness);
      tell(lane, place + over, outcome, isJudged ? staleError(freshness) : result.error);
      over += 1;
      if (outcome === 'skipped' || isReplaySettled(outcome)) continue;
      closeBehind(lane, place + over, freshnessAt);
      lanes.close(lane, over);
      return keepFailure(plan.workAt(lane, place + over - 1), result);
    }
    if (sent < part.works.length) {
      closedItems.add(plan.itemOf(lane));
      lanes.close(lane, over);
    } else lanes.release(lane, over);
    return [];
  };

  /** Where it could not be told whether it is stale, it stays. What the ledger knows to be stale is as what the table shows. */
  const isSkipped = ({ outcome }: ReplayResult, freshness: ReturnType<FreshnessAt>): boolean =>
    outcome === 'stale' && ifStale === 'skip' && freshness?.kind !== 'unknown';

  /** A letter that has failed again is written anew; a group's order would be lost by that. */
  const keepFailure = (failed: number, result: ReplayResult): readonly Promise<void>[] => {
    const piece = read(failed);
    const isAnew = result.outcome === 'failed' && result.attempts > 0 && piece.kind === 'letter';
    return isAnew && !options.queue.isFifo ? [writeAnew(failed, piece, result)] : [];
  };
  const writeAnew = async (failed: number, piece: LetterPiece, result: ReplayResult): Promise<void> => {
    parts.caused.numberOf(piece.letter.id);
    try {
      await options.queue.send(await rewriteLetter(piece, result));
    } catch (error) {
      options.onEvent({
        kind: 'trouble',
        what: `letter ${piece.letter.id} failed again, which could not be noted in it: it stays as it was`,
        error,
      });
      return;
    }
    for (const message of works.messagesOf(failed)) holdings.discard(message);
  };

  for (let lane = 0; lane < plan.laneCount; lane += 1) {
    if (!closedItems.has(plan.itemOf(lane)) || plan.allowedOf(lane) === 0) continue;
    closeBehind(lane, 0);
    lanes.close(lane, 0);
  }
  await sendInTurns({ options, lanes, pace: parts.pace, work });
}
