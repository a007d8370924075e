import type { Piece } from './cut-line.ts';
import type { Difference, Path } from './difference.ts';
import { bareText, quoteText } from './quote-text.ts';
import type { ValueRoom } from './shorten-value.ts';
import { shortenValue } from './shorten-value.ts';

/** `status: "placed" -> "paid"`, `+ coupon: "C"`, `- note` */
export function differencePiece(difference: Difference, room: ValueRoom): Piece {
  const path = pathText(difference.path);
  switch (difference.kind) {
    case 'added':
      return { text: `+ ${path}: ${shortenValue(difference.after, room)}`, format: 'green' };
    case 'removed':
      return { text: `- ${path}`, format: 'red' };
    case 'changed': {
      const [before, after] = [shortenValue(difference.before, room), shortenValue(difference.after, room)];
      return { text: `${path}: ${before} -> ${after}` };
    }
  }
}

/** `address.city`, `tags[0]`; a name with a dot in it is put between quotation marks. */
const pathText = (path: Path): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = step.includes('.') ? quoteText(step) : bareText(step);
      return index === 0 ? name : `.${name}`;
    })
    .join('');
