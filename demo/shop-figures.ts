import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Figures } from './expected.ts';

type Row = Readonly<Record<string, AttributeValue>>;

/** What the handlers made of the shop's table, as figures with names: those of `Expected.figures`. */
export function shopFigures(rows: readonly Row[]): Figures {
  const figures = new Map<string, number>();
  for (const [name, number] of rows.flatMap(figuresOf)) figures.set(name, (figures.get(name) ?? 0) + number);
  return Object.fromEntries(figures);
}

function figuresOf(row: Row): readonly (readonly [string, number])[] {
  const [kind, name = ''] = (row['pk']?.S ?? '').split('#');
  const sk = row['sk']?.S ?? '';
  const number = (attribute: string) => Number(row[attribute]?.N);
  if (kind === 'STOCK') return [[`stock: ${name}`, number('available')]];
  if (kind === 'TOTALS')
    return ['orders', 'cancelled', 'cents'].map((attribute) => [`${name}: ${attribute}`, number(attribute)]);
  return sk.startsWith('NOTE#') ? [[`notes: ${noteKind(sk)}`, 1]] : [];
}

/** A note's subject ends in what it is about: `NOTE#o-7#paid`. */
function noteKind(sk: string): string {
  const about = sk.split('#').at(-1) ?? '';
  return ['WELCOME', 'REMINDER', 'SOLD-OUT'].includes(about) ? about.toLowerCase() : 'status';
}
