import type { AttributeValue, DynamoDBClient, KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { safeNameOf } from '../../processing/thrown.ts';
import type { Runtime } from '../../runtime.ts';
import { toLambdaJson } from '../../stream/lambda-record.ts';
import { itemOf } from '../../stream/lane.ts';
import type { MarshalledImage } from '../../stream/record.ts';
import type { ItemState } from './judge-item.ts';

export interface ReadItemsOptions {
  readonly client: DynamoDBClient;
  readonly runtime: Runtime;
  readonly table: string;
  /** By names of items. */
  readonly keys: ReadonlyMap<string, MarshalledImage>;
  /** Read this attribute only, where it says enough. */
  readonly versionAttribute: string | undefined;
}

type Item = Readonly<Record<string, AttributeValue>>;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const keysPerRequest = 100;
const mostAttempts = 8;
const baseDelayMs = 50;

/** Reads the items as they are now; of one that cannot be read, why. Never rejects. */
export async function readItems(options: ReadItemsOptions): Promise<(item: string) => ItemState> {
  const states = new Map<string, ItemState>();
  const names = [...options.keys.keys()];
  for (let from = 0; from < names.length; from += keysPerRequest)
    await readStates(names.slice(from, from + keysPerRequest), options, states);
  return (item) => states.get(item) ?? { kind: 'unknown', why: 'the item was not asked for' };
}

/**
 * DynamoDB refuses a request as a whole for one key that is not of the table, or for two that it takes for one: a number
 * written in two ways. Letters can be made by hand, and one must not keep the others from being judged: so a request that
 * is refused is cut in halves, down to the key that is odd.
 */
async function readStates(
  batch: readonly string[],
  options: ReadItemsOptions,
  states: Map<string, ItemState>,
): Promise<void> {
  const { table } = options;
  try {
    const found = await readBatch(batch, options);
    const [only] = batch.length === 1 ? found.values() : [];
    // An item that came under another name is one of those that are missing.
    const isRenamed = batch.length > 1 && [...found.keys()].some((name) => !batch.includes(name));
    const missing = batch.filter((name) => !found.has(name));
    for (const name of batch) states.set(name, only ?? found.get(name) ?? { kind: 'absent' });
    if (isRenamed) for (const name of missing) await readStates([name], options, states);
  } catch (error) {
    if (isOfTheKeys(error) && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await readStates(batch.slice(0, middle), options, states);
      await readStates(batch.slice(middle), options, states);
      return;
    }
    const why = isOfTheKeys(error)
      ? `its key is not one of the table "${table}"`
      : `the table "${table}" could not be read (${safeNameOf(error)}): may these credentials dynamodb:BatchGetItem it, in this region?`;
    for (const name of batch) states.set(name, { kind: 'unknown', why });
  }
}

/** `TypeError`: what stands in a key is not what the client can write. */
const isOfTheKeys = (error: unknown): boolean =>
  ['ValidationException', 'SerializationException', 'TypeError'].includes(safeNameOf(error));

async function readBatch(
  batch: readonly string[],
  { client, runtime, table, keys, versionAttribute }: ReadItemsOptions,
): Promise<ReadonlyMap<string, ItemState>> {
  const { BatchGetItemCommand } = await import('@aws-sdk/client-dynamodb');
  const first = keys.get(batch[0] ?? '') ?? {};
  const found = new Map<string, ItemState>();
  const note = (item: Item): void => {
    // In the record's shape, so that it can be compared.
    const image = toLambdaJson(item) as MarshalledImage;
    const key = Object.fromEntries(
      Object.keys(first).flatMap((name) => (Object.hasOwn(image, name) ? [[name, image[name]]] : [])),
    ) as MarshalledImage;
    const name = itemOf({ keys: key });
    // Engines that take a key written in two ways give the item twice.
    found.set(found.has(name) ? `${name} again` : name, { kind: 'image', image });
  };
  let request: KeysAndAttributes = {
    Keys: batch.map((name) => toSdkKey(keys.get(name) ?? {})),
    ConsistentRead: true,
    ...projection(Object.keys(first), versionAttribute),
  };
  for (let attempt = 1; ; attempt += 1) {
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: request } }),
    );
    const items = Object.values(Responses).flat();
    items.forEach(note);
    const [rest] = Object.values(UnprocessedKeys);
    if (rest?.Keys === undefined || rest.Keys.length === 0) return found;
    // What is left of a large answer comes at once with the next request; only a table that gives nothing is given time.
    if (items.length > 0) attempt = 0;
    else if (attempt === mostAttempts) throw new Error('the table gives no items');
    else await runtime.sleep(runtime.random() * baseDelayMs * 2 ** attempt, new AbortController().signal);
    request = rest;
  }
}

function projection(
  keyNames: readonly string[],
  versionAttribute: string | undefined,
): Partial<KeysAndAttributes> {
  if (versionAttribute === undefined) return {};
  const names = [...new Set([...keyNames, versionAttribute])];
  return {
    ProjectionExpression: names.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#a${index}`, name])),
  };
}

/** Lambda has bytes in base64, the SDK as bytes; nothing else can be in a key that the two write differently. */
const toSdkKey = (keys: MarshalledImage): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(keys).map(([name, value]) => [
      name,
      (value.B === undefined ? value : { B: Buffer.from(value.B, 'base64') }) as AttributeValue,
    ]),
  );
