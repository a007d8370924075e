import type { PlainItem } from 'spillway/testing';
import { oneOf, wholeBelow } from './random.ts';

/** An order before and after a change of its status: every type of attribute that is common, two levels deep. */
export interface ItemChange {
  readonly oldImage: PlainItem;
  readonly newImage: PlainItem;
}

export function orderChange(itemNumber: number, random: () => number): ItemChange {
  const oldImage = {
    pk: `ORDER#${String(itemNumber).padStart(6, '0')}`,
    sk: 'SUMMARY',
    status: oneOf(random, ['open', 'paid', 'packed']),
    total: price(random),
    version: 1 + wholeBelow(random, 20),
    gift: random() < 0.2,
    tags: new Set([oneOf(random, ['new', 'vip', 'b2b']), 'web']),
    to: { city: oneOf(random, ['Utrecht', 'Gent', 'Köln']), zip: String(1000 + wholeBelow(random, 9000)) },
    lines: [
      { sku: sku(random), qty: 1 + wholeBelow(random, 9) },
      { sku: sku(random), qty: 1 },
    ],
    hash: Uint8Array.from({ length: 6 }, () => wholeBelow(random, 256)),
  };
  const newImage = {
    ...oldImage,
    status: oneOf(random, ['shipped', 'delivered', 'returned']),
    version: oldImage.version + 1,
  };
  return { oldImage, newImage };
}

const price = (random: () => number): number => (100 + wholeBelow(random, 99_900)) / 100;

const sku = (random: () => number): string => `A${1000 + wholeBelow(random, 9000)}`;
