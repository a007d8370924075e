import type { FoundMessage } from '../../replay/letters/find-letters.ts';
import { harmless } from '../quote-text.ts';
import { imageJson } from '../value-json.ts';
import { timeText } from './list-rows.ts';
import type { CurrentItem } from './current-item.ts';
import type { Looked } from './show-text.ts';

/** Everything of a message as one object: what lies in it as it is, and what was looked up. */
export function showJson({ found, message }: FoundMessage, { current, range }: Looked): string {
  const { id, sentAtMs, receiveCount, groupId, attributes } = message;
  const content = found.kind === 'foreign' ? { kind: found.kind, why: found.why, body: message.body } : found;
  return harmless(
    JSON.stringify({
      ...content,
      message: { id, sentAt: timeText(sentAtMs), receiveCount, groupId, attributes },
      ...(current && currentJson(current)),
      ...(range && {
        range: {
          kind: range.kind,
          records: range.records.length,
          why: range.kind === 'expired' ? range.why : undefined,
        },
      }),
    }),
  );
}

/** Null is an item that is gone; of what could not be read there is none. */
function currentJson(current: CurrentItem): object {
  switch (current.kind) {
    case 'there':
      return { current: imageJson(current.item) };
    case 'gone':
      return { current: null };
    case 'unknown':
      return { currentUnknown: current.why };
  }
}
