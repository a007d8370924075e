import type { EventName } from '../../stream/record.ts';
import type { Paint } from '../paint.ts';
import type { Piece } from '../cut-line.ts';
import { cutLine } from '../cut-line.ts';
import { differencePiece } from '../difference-line.ts';
import { differenceOf } from '../difference.ts';
import { inOrderOfNames, keysText } from '../item-text.ts';
import { bareText } from '../quote-text.ts';
import type { SeenChange } from './seen-change.ts';
import type { ValueRoom } from '../shorten-value.ts';
import { shortenValue } from '../shorten-value.ts';

export interface LineStyle {
  /** Shows no values but those of keys. */
  readonly keysOnly: boolean;
  /** How wide the terminal is; undefined where nothing is to be cut. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

const colors = { INSERT: 'green', MODIFY: 'yellow', REMOVE: 'red' } as const satisfies Record<
  EventName,
  string
>;

/** A change as one line for people: when, what, which item, and what is different about it. */
export function changeLine(change: SeenChange, { keysOnly, columns, paint }: LineStyle): string {
  const { eventName, expired } = change;
  const details = keysOnly ? changedNames(change) : contents(change, roomIn(columns));
  const pieces: readonly Piece[] = [
    { text: timeOf(change.createdAt), format: 'dim' },
    { text: '  ' },
    { text: expired === true ? `${eventName} expired` : eventName, format: colors[eventName] },
    { text: '  ' },
    { text: keysText(change.keys), format: 'bold' },
    ...details.flatMap((piece, index) => [{ text: index === 0 ? '  ' : ', ' }, piece]),
  ];
  const shown = columns === undefined ? pieces : cutLine(pieces, columns);
  return shown.map(({ text, format }) => (format === undefined ? text : paint(format, text))).join('');
}

/** HH:MM:SS.mmm, of this machine's time zone. */
const timeOf = (at: Date): string =>
  Number.isNaN(at.getTime())
    ? '--:--:--.---'
    : `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;

/** A value gets a third of the line, so that there is room for others. */
const roomIn = (columns: number | undefined): ValueRoom =>
  columns === undefined
    ? { kind: 'unlimited' }
    : { kind: 'short', characters: Math.max(12, Math.floor(columns / 3)) };

function contents(change: SeenChange, room: ValueRoom): readonly Piece[] {
  const { eventName, keys, newImage, oldImage } = change;
  if (eventName === 'MODIFY' && newImage && oldImage) {
    const differences = differenceOf(oldImage, newImage);
    return differences.length === 0
      ? [{ text: 'no difference', format: 'dim' }]
      : differences.map((difference) => differencePiece(difference, room));
  }
  // The view has one image at most: which one it is must be told where it could be either.
  const prefix = eventName !== 'MODIFY' ? '' : newImage ? 'now ' : 'was ';
  return inOrderOfNames(newImage ?? oldImage ?? {})
    .filter(([name]) => !Object.hasOwn(keys, name))
    .map(([name, value], index) => ({
      text: `${index === 0 ? prefix : ''}${bareText(name)}: ${shortenValue(value, room)}`,
    }));
}

/** Only of the top level: the names in a map may be data. */
function changedNames({ changed = [], newImage = {}, oldImage = {} }: SeenChange): readonly Piece[] {
  return changed.map((name) => {
    if (!Object.hasOwn(oldImage, name)) return { text: `+ ${bareText(name)}`, format: 'green' };
    if (!Object.hasOwn(newImage, name)) return { text: `- ${bareText(name)}`, format: 'red' };
    return { text: bareText(name) };
  });
}
