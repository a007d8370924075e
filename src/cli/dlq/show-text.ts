import type { Letter } from '../../dead-letter/letter.ts';
import { UnreadableRecordError } from '../../errors.ts';
import { describeFound } from '../../replay/letters/describe-found.ts';
import type { FoundMessage } from '../../replay/letters/find-letters.ts';
import type { Pointer, Range } from '../../replay/reading/found.ts';
import type { QueueMessage } from '../../replay/queue/queue.ts';
import type { Image } from '../../stream/attribute-value.ts';
import { decodeImage } from '../../stream/attribute-value.ts';
import { tableOfRaw } from '../../stream/read-record.ts';
import { differencePiece } from '../difference-line.ts';
import { differenceOf } from '../difference.ts';
import { inOrderOfNames } from '../item-text.ts';
import type { Paint } from '../paint.ts';
import { bareText, harmless } from '../quote-text.ts';
import { shortenValue } from '../shorten-value.ts';
import { maskedKeys, nothing } from './columns.ts';
import type { CurrentItem } from './current-item.ts';
import { countText, durationText } from './duration-text.ts';
import { lossText, timeText } from './list-rows.ts';

export interface ShowStyle {
  readonly nowMs: number;
  readonly paint: Paint;
}

/** What was looked up beside the message. */
export interface Looked {
  readonly current?: CurrentItem | undefined;
  readonly range?: Range | undefined;
}

/** Everything of a message, in lines. */
export function showText(
  { found, message }: FoundMessage,
  looked: Looked,
  style: ShowStyle,
): readonly string[] {
  switch (found.kind) {
    case 'letter':
      return letterText(found.letter, message, looked, style);
    case 'pointer':
      return pointerText(found.pointer, message, looked, style);
    case 'foreign':
      return [
        style.paint('bold', `Message ${message.id} is left alone: ${found.why}.`),
        ...fields([
          ['sent', messageText(message)],
          ['size', countText(Buffer.byteLength(message.body), 'byte')],
          ['attributes', Object.keys(message.attributes).map(bareText).join(', ') || nothing],
        ]),
      ];
  }
}

function letterText(
  letter: Letter,
  message: QueueMessage,
  looked: Looked,
  style: ShowStyle,
): readonly string[] {
  const { record, error, route, parked } = letter;
  const { paint, nowMs } = style;
  const facts = describeFound({ kind: 'letter', letter }, message);
  return [
    paint('bold', `Letter ${bareText(letter.id)}`),
    ...fields([
      ['message', `${message.id}, ${messageText(message)}`],
      ['table', text(tableOfRaw(record))],
      [
        'event',
        `${text(record.eventName)}, number ${text(record.dynamodb?.SequenceNumber)}, id ${text(record.eventID)}`,
      ],
      ['keys', maskedKeys(record.dynamodb?.Keys, true)],
      ['consumer', text(letter.consumer)],
      ['route', route === null ? 'none could be chosen' : text(route)],
      ['reason', `${letter.reason}, after ${countText(letter.attempts, 'attempt')}`],
      ['given up', `${timeText(facts.givenUpAtMs)}, ${durationText(nowMs - facts.givenUpAtMs)} ago`],
      ['by', `function ${text(letter.functionName)}, request ${text(letter.requestId)}`],
      ...(parked === undefined
        ? []
        : [
            [
              'parked',
              `place ${parked.place} among its item's letters, which run one after the other`,
            ] as const,
          ]),
    ]),
    ...section('Error', paint, [
      paint('red', harmless(`${error.name}: ${error.message}`)),
      // The first line of a stack is what was just said.
      ...error.stack
        .split('\n')
        .filter((line, index) => index > 0 || !line.includes(error.message))
        .map(harmless),
    ]),
    ...section(
      'Issues',
      paint,
      error.issues.map(({ path, message: why }) => `${bareText(path)}: ${harmless(why)}`),
    ),
    ...changeText(letter, paint),
    ...currentText(letter, looked.current, paint),
  ];
}

function pointerText(
  pointer: Pointer,
  message: QueueMessage,
  { range }: Looked,
  style: ShowStyle,
): readonly string[] {
  const facts = describeFound({ kind: 'pointer', pointer }, message);
  const { functionArn, condition, invokeCount, timestamp, streamArn, shardId, first, last } = pointer;
  return [
    style.paint(
      'bold',
      `Pointer ${pointer.id}: ${countText(pointer.batchSize, 'record')} that Lambda gave up`,
    ),
    ...fields([
      ['message', `${message.id}, ${messageText(message)}`],
      ['function', functionArn],
      ['condition', `${condition}, after ${countText(invokeCount, 'invocation')}`],
      ['given up', timestamp],
      ['stream', streamArn],
      ['shard', shardId],
      ['numbers', `${first} to ${last}`],
      ['arrived', `${pointer.firstArrivedAt ?? nothing} to ${pointer.lastArrivedAt ?? nothing}`],
      ['kept', facts.kind === 'pointer' ? lossText(facts, style.nowMs) : nothing],
      ['records', rangeText(pointer, range)],
    ]),
  ];
}

function rangeText({ batchSize }: Pointer, range: Range | undefined): string {
  if (range === undefined) return 'not looked for';
  const count = range.records.length;
  if (range.kind === 'expired')
    return `${countText(count, 'record')} of ${batchSize} can still be read: ${range.why}`;
  return range.isExact
    ? `all ${batchSize} can be read`
    : `${count} can be read in its range, which are more than the ${batchSize} of its batch`;
}

const messageText = ({ sentAtMs, receiveCount, groupId }: QueueMessage): string =>
  `sent ${timeText(sentAtMs)}, received ${countText(receiveCount, 'time')}` +
  (groupId === undefined ? '' : `, of group ${bareText(groupId)}`);

const text = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? bareText(value) : nothing;

const fields = (pairs: readonly (readonly [name: string, value: string])[]): readonly string[] =>
  pairs.map(([name, value]) => `  ${name.padEnd(10)} ${value}`);

const section = (title: string, paint: Paint, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', paint('bold', title), ...lines.map((line) => `  ${line}`)];

function changeText({ record }: Letter, paint: Paint): readonly string[] {
  const { NewImage, OldImage } = record.dynamodb ?? {};
  return readable('Change', paint, () => {
    if (NewImage !== undefined && OldImage !== undefined)
      return differenceLines(decode(OldImage), decode(NewImage), paint);
    const image = NewImage ?? OldImage;
    if (image === undefined) return ['its record has no images'];
    return inOrderOfNames(decode(image)).map(
      ([name, value]) => `${bareText(name)}: ${shortenValue(value, { kind: 'unlimited' })}`,
    );
  });
}

/** What was written since the letter's change; of a REMOVE, that there is an item again. */
function currentText({ record }: Letter, current: CurrentItem | undefined, paint: Paint): readonly string[] {
  if (current === undefined) return [];
  const { NewImage } = record.dynamodb ?? {};
  const title = 'Now in the table';
  if (current.kind === 'unknown') return section(title, paint, [paint('yellow', harmless(current.why))]);
  if (current.kind === 'gone')
    return section(title, paint, [
      record.eventName === 'REMOVE'
        ? 'no item, as after the change'
        : paint('yellow', 'no item: it was deleted since'),
    ]);
  return readable(title, paint, () => {
    const { item } = current;
    if (NewImage === undefined)
      return [
        ...(record.eventName === 'REMOVE' ? [paint('yellow', 'there is an item again')] : []),
        ...inOrderOfNames(item).map(
          ([name, value]) => `${bareText(name)}: ${shortenValue(value, { kind: 'unlimited' })}`,
        ),
      ];
    const since = differenceOf(decode(NewImage), item);
    return since.length === 0
      ? ['as after the change: nothing was written since']
      : [paint('yellow', 'changed since:'), ...differenceLines(decode(NewImage), item, paint)];
  });
}

/** An image may be anything, for a letter may be made by hand. */
function readable(title: string, paint: Paint, lines: () => readonly string[]): readonly string[] {
  try {
    return section(title, paint, lines());
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return section(title, paint, [`not readable: ${error.message}`]);
  }
}

const decode = (image: unknown): Image => decodeImage(image);

function differenceLines(before: Image, after: Image, paint: Paint): readonly string[] {
  const pieces = differenceOf(before, after).map((difference) =>
    differencePiece(difference, { kind: 'unlimited' }),
  );
  if (pieces.length === 0) return ['no difference'];
  return pieces.map(({ text: line, format }) => (format === undefined ? line : paint(format, line)));
}
