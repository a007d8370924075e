import { ReplayError } from '../../errors.ts';
import type { FoundMessage, FoundMessages } from '../../replay/letters/find-letters.ts';
import { findDeadLetters } from '../../replay/letters/find-letters.ts';
import { describeFound } from '../../replay/letters/describe-found.ts';
import type { Pointer, Range } from '../../replay/reading/found.ts';
import { createRangeReader } from '../../replay/reading/read-range.ts';
import { systemRuntime } from '../../runtime.ts';
import type { CleanUp } from '../clean-up.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { painter } from '../paint.ts';
import { readCurrentItem } from './current-item.ts';
import type { DlqParts } from './dlq-parts.ts';
import { countText } from './duration-text.ts';
import { rowLine } from './list-rows.ts';
import type { OpenQueue } from './open-queue.ts';
import { openQueue } from './open-queue.ts';
import { createProgress } from './progress.ts';
import type { ConnectionGiven } from './selection-options.ts';
import { connectionOf } from './selection-options.ts';
import { showJson } from './show-json.ts';
import type { Looked } from './show-text.ts';
import { showText } from './show-text.ts';
import { loadStreamsClient } from './optional-clients.ts';

export interface ShowRun {
  readonly id: string;
  readonly given: ConnectionGiven;
  readonly current: boolean;
  readonly json: boolean;
}

export async function runShow(
  { id, given, current, json }: ShowRun,
  io: CommandIO,
  parts: DlqParts,
): Promise<void> {
  await using cleanUp = createCleanUp();
  const open = await openQueue(connectionOf(given), io, cleanUp);
  const { queue, readMessage, waitSeconds } = open;
  const progress = createProgress(io, 'looking', parts.now);
  cleanUp.defer(progress.stop);
  const result = await findDeadLetters({
    ...{ queue, readMessage, id, waitSeconds, signal: io.interrupted },
    onEvent: ({ seen, expected }) => progress.update(seen, expected),
  });
  progress.stop();
  if (result.end === 'interrupted') {
    io.setExitStatus?.(130);
    return;
  }
  const match = onlyMatch(id, result, open.name, parts.now());
  const looked = await lookFurther(match, current, open, { io, cleanUp });
  const say = linesTo(io.stdout);
  if (json) say(showJson(match, looked));
  else showText(match, looked, { nowMs: parts.now(), paint: painter(io.stdout) }).forEach(say);
  // All else is shown, but not all that was asked for.
  if (looked.current?.kind === 'unknown') io.setExitStatus?.(1);
}

/** @throws ReplayError that lists what the id fits, if that is not one */
function onlyMatch(id: string, result: FoundMessages, name: string, nowMs: number): FoundMessage {
  const { matches, matching, seen } = result;
  const [first] = matches;
  if (first === undefined)
    throw new ReplayError(
      `No message of ${name} has an id that begins so, among the ${countText(seen, 'message')} that can be seen. ` +
        '`spillway dlq list` shows them.',
    );
  if (matching === 1) return first;
  const rows = matches.map(({ found, message }) =>
    rowLine({ facts: describeFound(found, message), shortId: message.id }, { nowMs, showKeys: false }),
  );
  const more = matching > matches.length ? [`and ${matching - matches.length} more`] : [];
  throw new ReplayError(
    [
      `"${id}" fits ${countText(matching, 'message')}; give more of it, or a message's id, the last word of its line:`,
    ]
      .concat(rows, more)
      .join('\n  '),
  );
}

interface Around {
  readonly io: CommandIO;
  readonly cleanUp: CleanUp;
}

async function lookFurther(
  { found }: FoundMessage,
  current: boolean,
  open: OpenQueue,
  around: Around,
): Promise<Looked> {
  switch (found.kind) {
    case 'letter':
      return current ? { current: await readCurrentItem(found.letter.record, open.dynamodbIn) } : {};
    case 'pointer':
      return { range: await readRangeOf(found.pointer, open, around) };
    case 'foreign':
      return {};
  }
}

async function readRangeOf(pointer: Pointer, open: OpenQueue, { io, cleanUp }: Around): Promise<Range> {
  const [, , , region = open.region] = pointer.streamArn.split(':');
  const client = await loadStreamsClient(
    { ...open.configOf('DYNAMODB_STREAMS'), region },
    {
      cleanUp,
      interrupted: io.interrupted,
    },
  );
  const parts = { runtime: systemRuntime, signal: io.interrupted, ...(client && { client }) };
  return createRangeReader(parts)(pointer);
}
