import { hash } from 'node:crypto';
import { fifoPlaceOf } from '../../dead-letter/fifo.ts';
import { ReplayError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { systemRuntime } from '../../runtime.ts';
import type { ExportedMessage } from './exported-message.ts';
import { readExportedLine } from './exported-message.ts';
import type { NumberedLine } from './lines.ts';
import { linesOf } from './lines.ts';
import type { OutgoingMessage, Queue } from '../queue/queue.ts';
import type { ReadMessage } from '../engine/run-options.ts';

export interface ImportOptions {
  readonly queue: Queue;
  /** Finds the item of a letter that goes into a FIFO queue and names no group. */
  readonly readMessage: ReadMessage;
  /** The bytes of a file that export wrote, in pieces of any size. */
  readonly from: AsyncIterable<Uint8Array>;
  /** Whether a line that is not taken is passed over. Default false: it ends the import. */
  readonly keepGoing?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ImportEvent) => void;
  readonly runtime?: Pick<Runtime, 'now'>;
}

export type ImportEvent =
  | { readonly kind: 'importing'; readonly imported: number; readonly line: number }
  | { readonly kind: 'refused'; readonly line: number; readonly error: ReplayError };

export interface ImportSummary {
  readonly imported: number;
  readonly refused: number;
  /** Up to which line all are in the queue, but for those that were refused: where to go on. */
  readonly lastLine: number;
  readonly wasInterrupted: boolean;
}

/** How much is on its way at once. */
const most = { messages: 50, bytes: 8 * 1_048_576 };

interface Outgoing {
  readonly line: number;
  readonly bytes: number;
  readonly message: OutgoingMessage;
}

/**
 * Sends what was exported. Messages of one FIFO group go one after the other, in the order of their lines.
 * @throws ReplayError that names the line, unless `keepGoing`
 */
export async function importDeadLetters(options: ImportOptions): Promise<ImportSummary> {
  const { queue, from, keepGoing = false, signal, onEvent, runtime = systemRuntime } = options;
  const startedAt = runtime.now();
  let [imported, refused, lastLine] = [0, 0, 0];
  let waiting: Outgoing[] = [];

  const refuse = (line: number, cause: ReplayError) => {
    if (!keepGoing) throw atLine(line, imported, cause);
    refused += 1;
    onEvent?.({ kind: 'refused', line, error: cause });
  };
  const sendWaiting = async () => {
    const sending = waiting;
    waiting = [];
    const failures = (await Promise.all(inGroups(sending).map((group) => sendGroup(queue, group)))).flat();
    const last = sending.at(-1)?.line ?? lastLine;
    imported += sending.length - failures.length;
    for (const { line, error } of failures.toSorted((a, b) => a.line - b.line)) refuse(line, error);
    lastLine = last;
    onEvent?.({ kind: 'importing', imported, line: last });
  };

  for await (const line of linesOf(from)) {
    if (signal?.aborted === true) break;
    const outgoing = await prepare(line, startedAt, options);
    if (outgoing instanceof ReplayError) {
      // What stands before it in the file is sent first, so that all before the line named is in the queue.
      await sendWaiting();
      refuse(line.number, outgoing);
      continue;
    }
    waiting.push(outgoing);
    const bytes = waiting.reduce((sum, each) => sum + each.bytes, 0);
    if (waiting.length >= most.messages || bytes >= most.bytes) await sendWaiting();
  }
  if (signal?.aborted !== true && waiting.length > 0) await sendWaiting();
  return { imported, refused, lastLine, wasInterrupted: signal?.aborted === true };
}

const atLine = (line: number, imported: number, cause: ReplayError): ReplayError =>
  new ReplayError(
    `line ${line} was not imported: ${cause.message}. The import ended there; ${imported} other lines are in the queue`,
    { cause: cause.cause },
  );

async function prepare(
  { number, text }: NumberedLine,
  startedAt: number,
  { queue, readMessage }: ImportOptions,
): Promise<Outgoing | ReplayError> {
  if (text === undefined)
    return new ReplayError('this line is not UTF-8, or longer than any that export writes');
  try {
    const exported = readExportedLine(text);
    const { body, attributes, rawAttributes } = exported;
    const fifo = queue.isFifo ? await placeOf(exported, number, startedAt, readMessage) : undefined;
    const message = { body, attributes, ...(rawAttributes && { rawAttributes }), ...(fifo && { fifo }) };
    return { line: number, bytes: text.length, message };
  } catch (error) {
    if (error instanceof ReplayError) return error;
    throw error;
  }
}

/**
 * A queue drops, without a word, what has a de-duplication id that it has seen within five minutes, and what was dropped
 * by mistake is brought back soon. So each import has its own.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
 */
async function placeOf(
  exported: ExportedMessage,
  line: number,
  startedAt: number,
  readMessage: ReadMessage,
): Promise<NonNullable<OutgoingMessage['fifo']>> {
  const { groupId, body } = exported;
  const deduplicationId = hash('sha256', `${startedAt} ${line} ${exported.deduplicationId ?? body}`);
  if (groupId !== undefined) return { groupId, deduplicationId };
  const found = await readMessage({ body });
  const group = found.kind === 'letter' ? fifoPlaceOf(found.letter).groupId : hash('sha256', body);
  return { groupId: group, deduplicationId };
}

/** Without a group, a message is one of its own. */
function inGroups(messages: readonly Outgoing[]): readonly (readonly Outgoing[])[] {
  return [...Map.groupBy(messages, ({ line, message }) => message.fifo?.groupId ?? line).values()];
}

interface Failure {
  readonly line: number;
  readonly error: ReplayError;
}

async function sendGroup(queue: Queue, group: readonly Outgoing[]): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  for (const { line, message } of group)
    try {
      await queue.send(message);
    } catch (error) {
      if (!(error instanceof ReplayError)) throw error;
      failures.push({ line, error });
    }
  return failures;
}
