import { hash } from 'node:crypto';

/** Gives texts numbers, from 0 up, the same number to the same text. */
export interface Numbering {
  readonly size: number;
  numberOf(text: string): { readonly number: number; readonly isNew: boolean };
  has(text: string): boolean;
}

/** Half of SHA-256: no two texts share it, whoever chose them. */
const wordsPerDigest = 4;

/**
 * Keeps some 40 bytes for a text, whatever its length, where a Map would keep the text: hundreds of thousands of message
 * ids, letter ids and keys of items are numbered in a replay. Open addressing in a table that is never more than half full.
 */
export function createNumbering(): Numbering {
  let digests = new Uint32Array(1_024 * wordsPerDigest);
  /** Numbers from 1; 0 is an empty slot. */
  let slots = new Uint32Array(2_048);
  let size = 0;

  const isAt = (number: number, digest: Uint32Array): boolean => {
    const at = number * wordsPerDigest;
    for (let word = 0; word < wordsPerDigest; word += 1)
      if (digests[at + word] !== digest[word]) return false;
    return true;
  };
  const slotFor = (digest: Uint32Array): number => {
    let slot = (digest[0] ?? 0) & (slots.length - 1);
    for (let held = slots[slot] ?? 0; held !== 0; held = slots[slot] ?? 0) {
      if (isAt(held - 1, digest)) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  };
  const grow = (): void => {
    slots = new Uint32Array(slots.length * 2);
    for (let number = 0; number < size; number += 1) {
      const at = number * wordsPerDigest;
      slots[slotFor(digests.subarray(at, at + wordsPerDigest))] = number + 1;
    }
    const larger = new Uint32Array(digests.length * 2);
    larger.set(digests);
    digests = larger;
  };

  return {
    get size() {
      return size;
    },
    numberOf(text) {
      const digest = digestOf(text);
      const held = slots[slotFor(digest)] ?? 0;
      if (held !== 0) return { number: held - 1, isNew: false };
      if (size === slots.length / 2) grow();
      digests.set(digest, size * wordsPerDigest);
      size += 1;
      slots[slotFor(digest)] = size;
      return { number: size - 1, isNew: true };
    },
    has: (text) => size > 0 && slots[slotFor(digestOf(text))] !== 0,
  };
}

function digestOf(text: string): Uint32Array {
  const bytes = hash('sha256', text, 'buffer');
  // Copied, for a view of words must begin at a multiple of four.
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 4 * wordsPerDigest));
}
