import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const dynamodb = new DynamoDBClient({});

export interface NoteFacts {
  readonly customerId: string;
  readonly orderId: string;
  readonly status: string;
}

/** What every contestant does about an order: it writes one item. */
export async function leaveNote({ customerId, orderId, status }: NoteFacts): Promise<void> {
  await dynamodb.send(
    new PutItemCommand({
      TableName: process.env['SHOP_TABLE'],
      Item: {
        pk: { S: `CUSTOMER#${customerId}` },
        sk: { S: `NOTE#${orderId}#${status}` },
        text: { S: `Order ${orderId} is ${status}.` },
      },
    }),
  );
}
