import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import { createNumbering } from '../../../src/replay/engine/numbering.ts';
import { openSpool } from '../../../src/replay/engine/spool.ts';

describe('a spool', () => {
  it('gives every text back, and has no name that could stay behind', () => {
    const folder = mkdtempSync(join(tmpdir(), 'spool-test-'));
    const spool = openSpool(folder);
    try {
      if (process.platform !== 'win32') expect(readdirSync(folder)).toEqual([]);
      const texts = [
        '',
        'ä€\u{1F600}',
        'x'.repeat(3_000_000),
        ...Array.from({ length: 2_000 }, (_, n) => `${n} `.repeat(300)),
      ];
      const places = texts.map((text) => spool.append(text));
      expect(places.map((place) => spool.read(place)).every((text, index) => text === texts[index])).toBe(
        true,
      );
    } finally {
      spool.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('says what to do if there is no room for it', () => {
    expect(() => openSpool('/nowhere')).toThrow(ReplayError);
    expect(() => openSpool('/nowhere')).toThrow(/TMPDIR names another/);
  });
});

describe('a numbering', () => {
  it('numbers texts as a map would, however many there are', () => {
    const numbering = createNumbering();
    const model = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { minLength: 20, maxLength: 100 }), (texts) => {
        for (const text of texts) {
          const number = model.get(text) ?? model.size;
          expect(numbering.has(text)).toBe(model.has(text));
          expect(numbering.numberOf(text)).toEqual({ number, isNew: !model.has(text) });
          model.set(text, number);
        }
      }),
      { numRuns: 200 },
    );
    expect(numbering.size).toBe(model.size);
    expect(model.size).toBeGreaterThan(3_000);
  });
});
