import type { LambdaClient } from '@aws-sdk/client-lambda';
import type {
  ReplayOrder,
  ReplayRequest,
  ReplayResult,
  ReplayWork,
} from '../../reporting/replay-protocol.ts';
import type { Runtime } from '../../runtime.ts';
import { systemRuntime } from '../../runtime.ts';
import { judgeAnswer, knowsReplay, unaware } from './invoke-answer.ts';
import { createInvoker } from './invoke-deployed.ts';
import type { Piece } from './invoke-parts.ts';
import { cutParts, isTooLarge, piecesOf, requestText } from './invoke-parts.ts';
import { blockedResult, failedResult, holdsItemUp } from './invoke-results.ts';
import { bareNameOf, refusalOf } from './of-function.ts';
import type { ReplayTarget } from './target.ts';

export interface FunctionTargetOptions {
  /** Its name or its ARN, with a version or an alias if wanted. */
  readonly functionName: string;
  /** A client of your own. Default: one made when it is needed. One that tries again after a time-out invokes twice. */
  readonly client?: LambdaClient;
  /** Default: the system's. */
  readonly runtime?: Runtime;
  /** Ends the waiting between tries. What is invoked is waited for. */
  readonly signal?: AbortSignal;
}

/**
 * Runs what is replayed in a function on Lambda. What is too large for one invocation goes in several, one after the
 * other; behind a piece of work that is not done the others of its item are not sent.
 */
export function functionTarget(options: FunctionTargetOptions): ReplayTarget {
  const { functionName, runtime = systemRuntime, signal = new AbortController().signal } = options;
  const description = `the function "${functionName}"`;
  const invoke = createInvoker({ ...options, description, runtime, signal });
  /** A function that takes letters for an event of its stream would run every route of them, so it is asked before. */
  const probe = async (): Promise<ReplayResult | undefined> => {
    const answer = await invoke(requestText([], { version: 1, works: [] }));
    if (answer.kind === 'failed') return answer.result;
    return knowsReplay(answer.response) ? undefined : unaware(description);
  };
  let probed: Promise<ReplayResult | undefined> | undefined;
  /** Why letters cannot be sent; undefined: they can. */
  const refusalOfLetters = (works: readonly ReplayWork[]): Promise<ReplayResult | undefined> =>
    works.some(needsKnowing) ? (probed ??= probe()) : Promise.resolve(undefined);

  const send = async (pieces: readonly Piece[], order: ReplayOrder): Promise<readonly ReplayResult[]> => {
    const answer = await invoke(requestText(pieces, order));
    if (answer.kind === 'failed') return pieces.map(() => answer.result);
    return judgeAnswer(answer.response, pieces, description);
  };

  return {
    description,
    refusalOfPointer: (name) =>
      bareNameOf(functionName) === name ? undefined : refusalOf(name, `what runs here is ${description}`),
    async run({ Records, spillwayReplay: order }: ReplayRequest) {
      const results = new Map<Piece, ReplayResult>();
      const held = new Set<string>();
      const settle = (piece: Piece, result: ReplayResult): void => {
        results.set(piece, result);
        if (holdsItemUp(result)) held.add(piece.item);
      };
      const pieces = piecesOf(Records, order.works);
      const refusal = await refusalOfLetters(order.works);
      for (const part of cutParts(pieces, order)) {
        const sent: Piece[] = [];
        for (const piece of part) {
          if (held.has(piece.item)) settle(piece, blockedResult);
          else if (isTooLarge(piece, order)) settle(piece, tooLarge);
          else if (refusal !== undefined && needsKnowing(piece.work)) settle(piece, refusal);
          else sent.push(piece);
        }
        if (sent.length === 0) continue;
        const answers = await send(sent, order);
        sent.forEach((piece, index) => settle(piece, answers[index] ?? noResult));
      }
      return pieces.map((piece) => results.get(piece) ?? noResult);
    },
  };
}

/** Any function can be sent a record of its stream, if it is not one that may only be looked up. */
const needsKnowing = ({ kind, stale }: ReplayWork): boolean => kind === 'letter' || stale !== undefined;

const tooLarge = failedResult(
  'it is larger than the 6 MB that Lambda takes in an invocation: replay it with a handler in this process',
);
const noResult = failedResult('there is no result for it');
