import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PassThrough } from 'node:stream';
import { join } from 'node:path';
import { runLint } from '../../../src/cli/lint/run-lint.ts';
import type { Files } from '../../cli/dev/dev-session.ts';
import { packageService, serviceFolder } from './package-service.ts';
import { handler, oneConsumer, yml } from './shop-service.ts';

const bad: Files = {
  'handlers/orders.ts': handler('greet'),
  'handlers/second.ts': `import { connect } from 'node:net';\nconnect(5432, 'db.internal');\nexport const handler = 1;`,
  'handlers/third.ts': `throw new Error('no config');`,
  'serverless.yml': yml(`  orders:
    handler: handlers/orders.handler
    timeout: 1
    events:
      - spillway: { table: Shop, maximumRetryAttempts: -1, functionResponseType: null }
  second:
    handler: handlers/second.handler
    events:
      - spillway: { table: Shpo }
  third:
    handler: handlers/third.handler
    events:
      - spillway: { table: !Ref Shop }`),
};

describe('a service with errors', () => {
  it('is not packaged at all, and all that is wrong is said at once', async () => {
    const { code, said, left } = await packageService(bad);
    expect([code, left]).toEqual([1, []]);
    expect(said).toContain('spillway: 5 errors, 1 warning; nothing was packaged.');
    expect(said.match(/^(error|warning): .+$/gm)).toEqual([
      'error: second (handlers/second.ts), unknown-table',
      'error: second (handlers/second.ts), handler-uses-network',
      'error: third (handlers/third.ts), handler-throws',
      'error: orders (handlers/orders.ts), partial-responses-off',
      'error: orders (handlers/orders.ts), timeout-too-short',
      'warning: orders (handlers/orders.ts), unlimited-retries',
    ]);
    expect(said).toMatch(/Error: no config\n +at .*handlers\/third\.ts:1:7/);
    expect(said).not.toMatch(/at .*(osls|read-handler-program)/);
  });

  it('is refused by the framework’s own check for an option that is none', async () => {
    const text = oneConsumer['serverless.yml']?.replace('table: Shop', 'table: Shop, bisect: true') ?? '';
    const { code, said } = await packageService({ ...oneConsumer, 'serverless.yml': text });
    expect(code).toBe(1);
    expect(said).toMatch(/'functions\.orders\.events\.0\.spillway': unrecognized property 'bisect'/);
  });
});

describe('spillway lint', () => {
  const folders = {
    bad: { ...bad },
    good: { ...oneConsumer },
    foreign: { 'serverless.yml': 'service: foreign\nprovider: { name: aws, runtime: nodejs24.x }\n' },
  };
  let services: Readonly<Record<keyof typeof folders, ReturnType<typeof serviceFolder>>>;
  beforeAll(() => {
    services = {
      bad: serviceFolder(folders.bad),
      good: serviceFolder(folders.good),
      foreign: serviceFolder(folders.foreign),
    };
  });
  afterAll(() => Object.values(services).forEach(({ remove }) => remove()));

  /** What it says, and the exit status that it sets. */
  async function lint(name: keyof typeof folders) {
    const out = new PassThrough({ encoding: 'utf8' });
    const statuses: number[] = [];
    const stream = out as unknown as NodeJS.WriteStream;
    await runLint(
      {
        stage: undefined,
        config: join(services[name].folder, 'serverless.yml'),
        execArgv: ['--conditions=spillway-source'],
      },
      {
        stdout: stream,
        stderr: stream,
        environment: process.env,
        interrupted: new AbortController().signal,
        setExitStatus: (status) => statuses.push(status),
      },
    );
    return { said: String(out.read() ?? ''), statuses };
  }

  it('says what packaging would say', async () => {
    const { said, statuses } = await lint('bad');
    expect(said).toMatch(/^5 errors, 1 warning\.\nerror: second \(handlers\/second\.ts\), unknown-table\n/);
    expect(statuses).toEqual([1]);
  });

  it('says that nothing was found', async () => {
    expect(await lint('good')).toEqual({ said: 'nothing found\n', statuses: [] });
  });

  it('says that the service does not use the plugin', async () => {
    await expect(lint('foreign')).rejects.toThrow(
      /did not run the plugin\. Is spillway\/serverless in "plugins"/,
    );
  });
});
