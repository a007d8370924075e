import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamodb, shopTable } from '../shop.ts';

/** An item of the shop's table as it is now; undefined if there is none. */
export async function readItem(
  key: Readonly<Record<'pk' | 'sk', string>>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const command = new GetItemCommand({ TableName: shopTable(), Key: marshall(key), ConsistentRead: true });
  const { Item } = await dynamodb.send(command);
  return Item && unmarshall(Item);
}
