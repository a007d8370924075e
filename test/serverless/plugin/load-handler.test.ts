import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemRuntime } from '../../../src/runtime.ts';
import type { Bundler } from '../../../src/serverless/load/bundler.ts';
import { loadHandler } from '../../../src/serverless/load/load-handler.ts';
import { serviceFolder } from './package-service.ts';
import { handler } from './shop-service.ts';

const dynamodb = `import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({ maxAttempts: 1 });
`;
const sources = {
  good: handler(
    'greet',
    `{ ledger: dynamoDBLedger({ tableName: process.env.SPILLWAY_LEDGER_TABLE, guarantee: 'record' }), order: 'shard' }`,
  ),
  environment: handler('greet', `{ consumer: Object.keys(process.env).toSorted().join() }`),
  throws: `const config: { readonly url: string } | undefined = undefined;\n\nexport const handler = config!.url;`,
  'not-there': `export const handle = 1;`,
  plain: `export const handler = async () => undefined;`,
  replay: `import { createReplayHandler } from 'spillway/replay';
    import { anyItem, createRouter } from 'spillway';
    export const handler = createReplayHandler(createRouter().onInsert('one', anyItem(), () => undefined));`,
  tcp: `import { connect } from 'node:net';\nconnect(5432, 'db.internal').on('error', () => undefined);\nexport const handler = 1;`,
  caught: `await fetch('https://config.example:8443/x').catch(() => undefined);\nexport const handler = 1;`,
  later: `void Promise.resolve().then(() => fetch('http://later.example/')).catch(() => undefined);\nexport const handler = 1;`,
  'look-up': `import { lookup } from 'node:dns/promises';\nexport const handler = await lookup('name.example');`,
  request: `${dynamodb}await client.send(new ListTablesCommand({}));\nexport const handler = 1;`,
  exits: `console.log('no config');\nprocess.exit(3);`,
  hangs: `setInterval(() => undefined, 60_000);\nawait new Promise(() => undefined);\nexport const handler = 1;`,
  broken: `export ]`,
} as const;

const esbuild: Bundler = {
  kind: 'esbuild',
  options: { format: 'esm', conditions: ['spillway-source'], target: 'node22', external: ['@aws-sdk/*'] },
};

let service: ReturnType<typeof serviceFolder>;
beforeAll(() => {
  service = serviceFolder({
    ...Object.fromEntries(Object.entries(sources).map(([name, text]) => [`handlers/${name}.ts`, text])),
    'handlers/built.mjs': `const handler = Object.assign(() => undefined, { routes: [], description: { ledger: 'off' } });\nexport { handler };`,
  });
});
afterAll(() => service.remove());

const load = (name: string, bundler: Bundler = esbuild, timeoutMs?: number) =>
  loadHandler({
    folder: service.folder,
    handler: `handlers/${name}.handler`,
    bundler,
    environment: { AWS_REGION: 'eu-central-1', SPILLWAY_LEDGER_TABLE: 'from-the-environment' },
    runtime: systemRuntime,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });

const whyNot = async (...given: Parameters<typeof load>): Promise<string> => {
  const result = await load(...given);
  return result.kind === 'refused'
    ? `${result.file} ${result.problem.rule}: ${result.problem.message}`
    : result.kind;
};

describe('a handler that is loaded', () => {
  it('is read from its bundle', async () => {
    const result = await load('good');
    expect(result).toMatchObject({
      kind: 'loaded',
      file: 'handlers/good.ts',
      handler: {
        routes: [{ name: 'greet', eventNames: ['INSERT'], tables: ['Shop'] }],
        description: { order: 'shard', ledger: { guarantee: 'record', tableName: 'from-the-environment' } },
      },
    });
  });

  it('finds its own variables, and nothing of what this process has', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_PROFILE', 'production');
    onTestFinished(() => void vi.unstubAllEnvs());
    const result = await load('environment');
    expect(result.kind === 'loaded' && result.handler.description.consumer?.split(',')).toEqual([
      'AWS_CONFIG_FILE',
      'AWS_REGION',
      'AWS_SDK_UA_APP_ID', // Powertools sets it when it is imported.
      'AWS_SHARED_CREDENTIALS_FILE',
      'SPILLWAY_LEDGER_TABLE',
    ]);
  });

  it('needs no bundler if it is JavaScript', async () => {
    expect(await load('built', { kind: 'none' })).toMatchObject({
      kind: 'loaded',
      file: 'handlers/built.mjs',
    });
  });
});

describe('a handler that cannot be loaded is refused, with its file and why', () => {
  it.each([
    [
      'throws',
      /^handlers\/throws\.ts handler-throws: handlers\/throws\.ts throws when it is imported:\nTypeError: .+\n.+handlers\/throws\.ts:3:\d+\)?$/,
    ],
    ['not-there', /not-a-handler: .+ has no export "handler"; it exports handle\.$/],
    [
      'plain',
      /not-a-handler: the export "handler" of handlers\/plain\.ts is not a handler that createHandler/,
    ],
    ['replay', /not-a-handler: .+ one of createReplayHandler, which is for a queue/],
    ['tcp', /handler-uses-network: handlers\/tcp\.ts connects to db\.internal:5432 while it is loaded\.$/],
    ['caught', /connects to config\.example:8443 /],
    ['later', /connects to later\.example:80 /],
    ['look-up', /connects to the name server \(for name\.example\) /],
    ['request', /connects to 169\.254\.169\.254:80 \(where the AWS SDK looks for credentials/],
    ['exits', /handler-throws: handlers\/exits\.ts ended the process when it was imported\.\nno config$/],
    ['broken', /^handlers\/broken\.ts handler-not-bundled: [\s\S]+handlers\/broken\.ts:1:7/],
    ['absent', /^handlers\/absent\.handler handler-not-found: there is no file/],
  ])('%s', async (name, message) => {
    expect(await whyNot(name)).toMatch(message);
  });

  it('one that waits for ever', async () => {
    expect(await whyNot('hangs', esbuild, 1_000)).toMatch(/handler-hangs: .+ was not imported within 1 s/);
  });

  it('TypeScript without a bundler', async () => {
    expect(await whyNot('plain', { kind: 'none' })).toMatch(/no-bundler: handlers\/plain\.ts is TypeScript/);
  });

  it('and leaves nothing behind', () => {
    expect(readdirSync(service.folder).toSorted()).toEqual(['handlers', 'node_modules']);
  });
});
