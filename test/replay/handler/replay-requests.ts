import type { Letter } from '../../../src/dead-letter/letter.ts';
import type { StreamHandler } from '../../../src/create-handler.ts';
import type {
  IfStale,
  ReplayRequest,
  ReplayResponse,
  ReplayResult,
  ReplayWork,
} from '../../../src/reporting/replay-protocol.ts';
import type { RawRecord } from '../../../src/stream/record.ts';
import { lambdaContext } from '../../../src/testing/index.ts';

export const requestOf = (...entries: readonly (readonly [RawRecord, ReplayWork])[]): ReplayRequest => ({
  Records: entries.map(([record]) => record),
  spillwayReplay: { version: 1, works: entries.map(([, work]) => work) },
});

export const letterWork = (letter: Letter, ifStale: IfStale = 'fail'): ReplayWork => ({
  kind: 'letter',
  letterId: letter.id,
  consumer: letter.consumer,
  route: letter.route,
  ...(letter.parked && { parked: letter.parked }),
  ifStale,
});

/** Replays letters, as a replay would send them to a function. */
export async function replayLetters(
  handler: StreamHandler,
  letters: readonly Letter[],
  {
    ifStale = 'fail',
    remainingMs = 30_000,
  }: { readonly ifStale?: IfStale; readonly remainingMs?: number } = {},
): Promise<readonly ReplayResult[]> {
  const request = requestOf(
    ...letters.map((letter) => [letter.record, letterWork(letter, ifStale)] as const),
  );
  return (await send(handler, request, remainingMs)).spillwayReplay.results;
}

export const send = async (
  handler: StreamHandler,
  request: unknown,
  remainingMs = 30_000,
): Promise<ReplayResponse> => (await handler(request, lambdaContext({ remainingMs }))) as ReplayResponse;

export const outcomesOf = (results: readonly ReplayResult[]): readonly string[] =>
  results.map(({ outcome }) => outcome);
