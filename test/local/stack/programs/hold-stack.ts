/**
 * Starts a stack, prints the pids of all processes below this one, and waits for its end. With `graceful` it writes to
 * DynamoDB after Ctrl-C, stops the stack, and must then end by itself.
 */
import { execFileSync } from 'node:child_process';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startEventSourceMapping, startLocalStack } from '../../../../src/local/index.ts';

const childrenOf = (pid: number): readonly number[] => {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' }).split('\n');
  const children = rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, parent, name]) => Number(parent) === pid && name !== 'ps')
    .map(([child]) => Number(child));
  return children.flatMap((child) => [child, ...childrenOf(child)]);
};

const stack = await startLocalStack();
const dynamodb = new DynamoDBClient({
  endpoint: stack.endpoints.dynamodb,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});
const createTable = (name: string) =>
  dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    }),
  );
const { TableDescription } = await createTable('BeforeCtrlC');
const mapping = await startEventSourceMapping({
  EventSourceArn: TableDescription?.LatestStreamArn ?? '',
  StartingPosition: 'TRIM_HORIZON',
  stack,
  invoke: () => null,
});

if (process.argv[2] === 'graceful')
  process.once('SIGINT', () => {
    void (async () => {
      await createTable('AfterCtrlC');
      dynamodb.destroy();
      await mapping.stop();
      await stack.stop();
      process.stdout.write('stopped\n');
    })();
  });
process.stdout.write(`${JSON.stringify(childrenOf(process.pid))}\n`);
