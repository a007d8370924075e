import { describe, expect, it } from 'vitest';
import type { Found } from '../../../src/replay/reading/found.ts';
import { isSelected } from '../../../src/replay/engine/is-selected.ts';
import type { Selection } from '../../../src/replay/engine/selection.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import { pointerBody, readScripted } from './run-scripted.ts';

const record = insertRecord({ pk: 'ORDER#1', sk: 5, other: 1 });
const letter = letterFor(record);
const foundLetter: Found = { kind: 'letter', letter };
const message = { id: 'message-1' };

describe('a selection', () => {
  it.each<[Selection, boolean]>([
    [{}, true],
    [{ routes: [] }, true],
    [{ routes: ['other', 'tell-customer'] }, true],
    [{ routes: ['other'] }, false],
    [{ consumers: ['orders'] }, true],
    [{ consumers: ['billing'] }, false],
    [{ reasons: ['exhausted'] }, true],
    [{ reasons: ['parked'] }, false],
    [{ errors: ['Error'] }, true],
    [{ errors: ['TypeError'] }, false],
    [{ tables: ['Shop'] }, true],
    [{ tables: ['Shops'] }, false],
    [{ keys: [{ pk: 'ORDER#1' }] }, true],
    [{ keys: [{ pk: 'ORDER#1', sk: 5 }] }, true],
    [{ keys: [{ pk: 'ORDER#1', sk: 5n }] }, true],
    [{ keys: [{ pk: 'ORDER#1', sk: '5' }] }, false],
    [{ keys: [{ other: 1 }] }, false],
    [{ keys: [{ pk: 'ORDER#2' }, { sk: 5 }] }, true],
    [{ ids: [letter.id.slice(0, 8)] }, true],
    [{ ids: ['message-1'] }, true],
    [{ ids: ['x'] }, false],
    [{ since: new Date('2026-01-01') }, true],
    [{ until: new Date('2026-01-01') }, false],
    [{ since: new Date('2026-01-02') }, false],
    [{ routes: ['tell-customer'], errors: ['TypeError'] }, false],
  ])('%o of a letter is %s', (selection, expected) => {
    expect(isSelected(foundLetter, message, selection)).toBe(expected);
  });

  it.each<[Selection, boolean]>([
    [{}, true],
    [{ reasons: ['RetryAttemptsExhausted'] }, true],
    [{ tables: ['Shop'] }, true],
    [{ routes: ['tell-customer'] }, false],
    [{ consumers: ['orders-consumer'] }, true],
    [{ consumers: ['orders'] }, false],
    [{ keys: [{ pk: 'ORDER#1' }] }, false],
    [{ ids: ['pointer-'] }, true],
    [{ since: new Date('2026-01-01') }, true],
  ])('%o of a pointer is %s', async (selection, expected) => {
    const found = await readScripted({ body: pointerBody('pointer-1', []) });
    expect(isSelected(found, message, selection)).toBe(expected);
  });

  it('means a foreign message only if it asks for nothing, or for its id', () => {
    const foreign: Found = { kind: 'foreign', why: '' };
    expect(isSelected(foreign, message, {})).toBe(true);
    expect(isSelected(foreign, message, { tables: ['Shop'] })).toBe(false);
    expect(isSelected(foreign, message, { ids: ['message-1'] })).toBe(true);
  });
});
