import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/local/template/json.ts';
import { withGlobals } from '../../../src/local/template/sam-globals.ts';
import { frozen } from './templates.ts';

const globals: JsonObject = frozen({
  Timeout: 3,
  Layers: ['shared'],
  Environment: { Variables: { A: 'global', B: 'global' } },
  Tags: { Ref: 'Tags' },
});

describe('what the globals say of all functions', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['is kept where the function says nothing', {}, globals],
    ['gives way to a single value', { Timeout: 9 }, { ...globals, Timeout: 9 }],
    ['comes before what a list adds', { Layers: ['own'] }, { ...globals, Layers: ['shared', 'own'] }],
    [
      'is merged with a map, at any depth',
      { Environment: { Variables: { B: 'own', C: 'own' } } },
      { ...globals, Environment: { Variables: { A: 'global', B: 'own', C: 'own' } } },
    ],
    ['is not merged into what is computed', { Tags: { a: '1' } }, { ...globals, Tags: { a: '1' } }],
    [
      'gives way to what is computed',
      { Environment: { 'Fn::If': ['C', {}, {}] } },
      { ...globals, Environment: { 'Fn::If': ['C', {}, {}] } },
    ],
  ])('%s', (_, properties, merged) => {
    expect(withGlobals(frozen(properties), globals)).toEqual(merged);
  });
});
