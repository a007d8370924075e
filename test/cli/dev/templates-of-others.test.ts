import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Files } from './dev-session.ts';
import { allGone, serviceFolder, startDev, writeFiles } from './dev-session.ts';
import { handlerThatSays, putOrders, streamTemplate } from './small-service.ts';

const sam: Files = {
  'template.yaml': streamTemplate,
  'dist/index.mjs': handlerThatSays('first'),
};

const cdk: Files = {
  'cdk.out/Shop.template.json': JSON.stringify({
    Resources: {
      Orders: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        },
      },
      Teller: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { S3Bucket: 'cdk-assets', S3Key: 'abc.zip' },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
        },
        Metadata: { 'aws:asset:path': 'asset.abc', 'aws:asset:property': 'Code' },
      },
      Changes: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Orders', 'StreamArn'] },
          FunctionName: { Ref: 'Teller' },
          StartingPosition: 'TRIM_HORIZON',
        },
      },
    },
  }),
  'cdk.out/asset.abc/index.mjs': handlerThatSays('first'),
};

const dev = (files: Files, ...given: readonly string[]) => {
  const service = serviceFolder(files);
  const session = startDev(service.folder, ...given);
  onTestFinished(() => {
    session.remove();
    service.remove();
  });
  return { ...session, folder: service.folder };
};

describe('spillway dev --template', () => {
  it.each([
    ['SAM', sam, 'template.yaml', 'template-Orders', 'dist/index.mjs'],
    ['CDK', cdk, 'cdk.out/Shop.template.json', 'Shop-template-Orders', 'cdk.out/asset.abc/index.mjs'],
  ] as const)('runs what %s makes, and restarts what is built again', async (...row) => {
    const [, files, path, table, code] = row;
    const running = dev(files, '--template', path);
    await running.says(/Ready in/);
    await putOrders(running.said(), table, 'one');
    await running.says(/^Teller \| first one$/m);
    writeFiles(running.folder, { [code]: handlerThatSays('second') });
    await running.nowSays(/changed: Teller restarted in/);
    await putOrders(running.said(), table, 'two');
    await running.says(/^Teller \| second two$/m);
    running.pressCtrlC();
    expect(await running.ended).toEqual([0, null]);
    expect(running.temporaryFiles()).toEqual([]);
  });

  it('says that DynamoDB has ended by itself, and ends with it', async () => {
    const running = dev(sam, '--template', 'template.yaml', '--no-watch');
    await running.says(/Ready in/);
    const [guard = 0, ...others] = running.below();
    process.kill(guard, 'SIGKILL');
    expect(await running.ended).toEqual([1, null]);
    expect(running.said()).toMatch(/dynoxide at \S+ has ended by itself/);
    await allGone(others);
    expect(running.temporaryFiles()).toEqual([]);
  });

  const taken = async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return String((server.address() as AddressInfo).port);
  };
  const [, yaml = ''] = Object.entries(sam)[0] ?? [];

  it('says of each thing that is wrong what it is, and leaves nothing behind', async () => {
    const port = await taken();
    const withTemplate = ['--template', 'template.yaml'];
    const wrong: readonly (readonly [Files, readonly string[], string | RegExp])[] = [
      [sam, [...withTemplate, '--port', port], `Port ${port} cannot be used: another program listens there`],
      [
        sam,
        [...withTemplate, '--sqs-port', port],
        `Port ${port} cannot be used: another program listens there`,
      ],
      [
        sam,
        ['--template', 'none.yaml'],
        /The template \S+none\.yaml cannot be read\. Package the service first/,
      ],
      [{ 'template.yaml': yaml }, withTemplate, /Teller \(handler index\.handler\) cannot run: there is no/],
      [
        { ...sam, 'template.yaml': yaml.split('  Teller:')[0] ?? '' },
        withTemplate,
        /has no event source mapping of a DynamoDB stream or a queue, so there is nothing to run/,
      ],
      [sam, ['--port', '70000'], 'It takes a whole number from 1 to 65535.'],
      [sam, ['--env', 'NAME'], 'It takes NAME=VALUE.'],
    ];
    const sessions = wrong.map(([files, given, message]) => ({ running: dev(files, ...given), message }));
    for (const { running, message } of sessions) {
      expect(await running.ended).toEqual([1, null]);
      expect(running.said()).toMatch(message);
      expect(running.said()).not.toMatch(/^ +at /m);
      expect(running.temporaryFiles()).toEqual([]);
    }
  });

  it('goes on when a function cannot be loaded, and says where that was', async () => {
    const running = dev(
      { ...sam, 'dist/index.mjs': `throw new Error('no database');` },
      '--template',
      'template.yaml',
    );
    await running.says(/Ready in/);
    expect(running.said()).toContain('Teller: the handler could not be loaded: Error: no database');
    expect(running.said()).toContain(join('dist', 'index.mjs:1:7'));
    running.pressCtrlC();
    expect(await running.ended).toEqual([0, null]);
  });
});
