import { CreateTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { LocalStack } from '../../src/local/index.ts';
import { createLedgerTable } from '../ledger/table.ts';
import { dynamodbAt, sqsAt } from '../replay/clients.ts';

/** What a consumer works with, on the local stack. It goes with its disposal. */
export interface Ground extends AsyncDisposable {
  /** As Lambda would set it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the starts have left behind. */
  readonly count: () => Promise<{ readonly notes: number; readonly letters: number }>;
}

export async function prepareGround({ endpoints, environment }: LocalStack, name: string): Promise<Ground> {
  await using cleanUp = new AsyncDisposableStack();
  const dynamodb = dynamodbAt(endpoints.dynamodb);
  cleanUp.defer(() => dynamodb.destroy());
  const sqs = sqsAt(endpoints.sqs);
  cleanUp.defer(() => sqs.destroy());

  const [shop, ledger, queueUrl] = [
    `${name}-shop`,
    `${name}-ledger`,
    `${endpoints.sqs}/000000000000/${name}`,
  ];
  cleanUp.use(await createLedgerTable(endpoints.dynamodb, ledger));
  await dynamodb.send(
    new CreateTableCommand({
      TableName: shop,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await sqs.send(new CreateQueueCommand({ QueueName: name }));

  const held = cleanUp.move();
  return {
    environment: {
      AWS_REGION: environment.AWS_REGION,
      AWS_ACCESS_KEY_ID: environment.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: environment.AWS_SECRET_ACCESS_KEY,
      AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
      AWS_ENDPOINT_URL_SQS: endpoints.sqs,
      AWS_LAMBDA_FUNCTION_NAME: 'orders',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: '/var/task',
      SHOP_TABLE: shop,
      LEDGER_TABLE: ledger,
      SPILLWAY_LEDGER_TABLE: ledger,
      DEAD_LETTER_QUEUE_URL: queueUrl,
      SPILLWAY_DLQ_URL: queueUrl,
    },
    count: async () => {
      const { Count = 0 } = await dynamodb.send(new ScanCommand({ TableName: shop, Select: 'COUNT' }));
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: ['ApproximateNumberOfMessages'],
        }),
      );
      return { notes: Count, letters: Number(Attributes['ApproximateNumberOfMessages']) };
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
