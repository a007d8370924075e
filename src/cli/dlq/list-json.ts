import { UnreadableRecordError } from '../../errors.ts';
import type { LetterList, ListedMessage } from '../../replay/letters/list-letters.ts';
import { decodeImage } from '../../stream/attribute-value.ts';
import type { MarshalledImage } from '../../stream/record.ts';
import { harmless } from '../quote-text.ts';
import { imageJson } from '../value-json.ts';
import { timeText } from './list-rows.ts';

/** A row as an object on one line; of the keys only their names, unless they are asked for. */
export function listedJson({ facts }: ListedMessage, showKeys: boolean): string {
  const { givenUpAtMs, sentAtMs, ...rest } = facts;
  const times = { givenUpAt: timeText(givenUpAtMs), sentAt: timeText(sentAtMs) };
  if (rest.kind === 'letter') {
    const { keys = {}, ...letter } = rest;
    const shown = showKeys ? { keys: keysJson(keys) } : { keyNames: Object.keys(keys).sort() };
    return harmless(JSON.stringify({ ...letter, ...times, ...shown }));
  }
  if (rest.kind === 'pointer') {
    const { lostAtMs, ...pointer } = rest;
    const lostAt = lostAtMs === undefined ? null : timeText(lostAtMs);
    return harmless(JSON.stringify({ ...pointer, ...times, lostAt }));
  }
  return harmless(JSON.stringify({ ...rest, ...times }));
}

/** The last line: what there is in all. */
export function summaryJson(list: LetterList): string {
  const { selected, seen, totals, consumers, oldestSentAtMs, facts, end, isAtLeast } = list;
  return harmless(
    JSON.stringify({
      kind: 'summary',
      ...{ selected, seen, isAtLeast, end, totals, consumers },
      oldestSentAt: oldestSentAtMs === undefined ? null : timeText(oldestSentAtMs),
      retentionSeconds: facts.retentionSeconds,
      inFlight: facts.inFlight,
    }),
  );
}

/** Plain values, as in every JSON of Spillway; null for what is none of DynamoDB's. */
export function keysJson(keys: MarshalledImage): unknown {
  try {
    return imageJson(decodeImage(keys));
  } catch (error) {
    if (error instanceof UnreadableRecordError) return null;
    throw error;
  }
}
