import { expect } from 'vitest';
import { UnreadableRecordError } from '../../src/errors.ts';

/** The message with which something is refused as unreadable; fails the test if it is not. */
export function unreadable(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableRecordError);
    return (error as UnreadableRecordError).message;
  }
  return expect.unreachable('it was read');
}
