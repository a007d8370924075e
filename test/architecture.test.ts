import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as spillway from '../src/index.ts';

const root = resolve(import.meta.dirname, '../src');

/** The way of the data: a folder imports only from the folders before it. */
const way = ['stream', 'routing', 'idempotency', 'processing', 'dead-letter', 'reporting'];
/** What any folder may use. */
const shared = ['errors.ts', 'environment.ts', 'runtime.ts'];
/** Beside the way: what each may import from. */
const beside: Readonly<Record<string, readonly string[]>> = {
  filter: ['stream'],
  replay: [...way, 'filter'],
  local: ['stream', 'routing', 'filter'],
  testing: [...way],
  cli: [...way, 'filter', 'replay', 'local'],
  powertools: [...way],
  serverless: [...way, 'filter'],
};

/** The whole of a handler, for those who call it or read what it was made with. */
const whole: Readonly<Record<string, readonly string[]>> = {
  replay: ['create-handler.ts', 'handler-options.ts'],
  serverless: ['describe-handler.ts'],
  cli: ['describe-handler.ts'],
};

/** The folders of `local`, and what each may import from the others. */
const withinLocal: Readonly<Record<string, readonly string[]>> = {
  stack: [],
  stream: [],
  function: [],
  template: [],
  http: ['function'],
  mapping: ['stack', 'stream', 'function'],
  queue: ['function', 'mapping'],
  service: ['stack', 'stream', 'function', 'mapping', 'queue', 'template', 'http'],
};

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map(
    ([, from, dynamic]) => relative(root, resolve(join(root, dirname(file)), from ?? dynamic ?? '')),
  );

const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '');

describe('the architecture', () => {
  it.each(files.filter((file) => folderOf(file) !== ''))(
    '%s imports only from what lies before it',
    (file) => {
      const folder = folderOf(file);
      const allowed = [folder, ...(beside[folder] ?? way.slice(0, way.indexOf(folder)))];
      const wrong = importsOf(file).filter(
        (imported) =>
          ![...shared, ...(whole[folder] ?? [])].includes(imported) && !allowed.includes(folderOf(imported)),
      );
      expect(wrong).toEqual([]);
    },
  );

  it.each(Object.entries(withinLocal))(
    'local/%s imports only from %j of its neighbours',
    (folder, allowed) => {
      const neighbours = files
        .filter((file) => file.startsWith(`local/${folder}/`))
        .flatMap(importsOf)
        .map((imported) => imported.split('/'))
        .filter(([top, , file]) => top === 'local' && file !== undefined)
        .map(([, neighbour = '']) => neighbour);
      expect(neighbours.filter((one) => one !== folder && !allowed.includes(one))).toEqual([]);
    },
  );

  it('reads the environment, the clock and chance in one place each', () => {
    const ambient = /process\.env|Date\.now\(\)|Math\.random\(\)|console\.|new Date\(\)/;
    const places = files.filter((file) => !/^(local|testing|cli)\//.test(file) && ambient.test(code(file)));
    expect(places.toSorted()).toEqual(['environment.ts', 'runtime.ts']);
  });

  it('has no file over 300 lines, and none that is a drawer', () => {
    const tooLong = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 300);
    const drawers = files.filter((file) =>
      /(^|\/)(utils?|helpers?|common|types|main|interfaces|lib)\.ts$/.test(file),
    );
    expect([tooLong, drawers]).toEqual([[], []]);
  });
});

/** Without comments. */
const code = (file: string): string =>
  readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

describe('the public names', () => {
  it('are these, and change only on purpose', () => {
    expect(Object.keys(spillway).toSorted()).toMatchInlineSnapshot(`
      [
        "AlreadySettledError",
        "BrokenPromiseError",
        "ClaimHeldError",
        "ClaimLostError",
        "CommitConditionError",
        "CommitRefusedError",
        "DeadLetterError",
        "InvalidEventError",
        "InvalidLetterError",
        "InvalidOptionError",
        "ItemParkedError",
        "LedgerError",
        "LetterTooLargeError",
        "LocalStackError",
        "MissingEnvironmentError",
        "NumberValue",
        "PermanentError",
        "ReplayError",
        "RouteTimeoutError",
        "SchemaError",
        "SpillwayError",
        "StaleLetterError",
        "TransientError",
        "UnreadableRecordError",
        "ViewMismatchError",
        "absent",
        "anyItem",
        "createHandler",
        "createRouter",
        "decodeLetter",
        "dynamoDBLedger",
        "endsWith",
        "entity",
        "exists",
        "fetchFromS3",
        "not",
        "oneOf",
        "sqsDeadLetters",
        "startsWith",
      ]
    `);
  });

  it('give each error its own name and code', () => {
    const errors = Object.entries(spillway).filter(
      ([name]) => name.endsWith('Error') && name !== 'SpillwayError',
    );
    const made = errors.map(([name, Class]) => {
      const error = new (Class as new (message: string, more: object) => spillway.SpillwayError)('x', []);
      expect(error).toBeInstanceOf(spillway.SpillwayError);
      expect(error.name).toBe(name);
      return error.code;
    });
    expect(new Set(made).size).toBe(errors.length);
  });
});
