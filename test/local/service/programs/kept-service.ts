import { startLocalStack, startService } from 'spillway/local';

/** Runs a service on a data folder, writes 200 items, and prints the lines of its function, until it is ended. */
const [dataDir = '', templatePath = '', writes = '0'] = process.argv.slice(2);
const stack = await startLocalStack({ dataDir });
const service = await startService({
  stack,
  dataDir,
  templatePath,
  stackName: 'kept',
  onInvocation: () => undefined,
  onGivenUp: () => undefined,
  onLine: ({ text }) => process.stdout.write(`${text}\n`),
  onError: (error) => process.stderr.write(`${error.message}\n`),
});
const { DynamoDBClient, PutItemCommand } = await import('@aws-sdk/client-dynamodb');
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
const client = new DynamoDBClient({ region: 'us-east-1', credentials, endpoint: stack.endpoints.dynamodb });
for (let n = 0; n < Number(writes); n += 1)
  await client.send(new PutItemCommand({ TableName: 'kept-Items', Item: { pk: { S: `item-${n}` } } }));
process.stdout.write('written\n');
await service.untilCaughtUp();
process.stdout.write('caught up\n');
