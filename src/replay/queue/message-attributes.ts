import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { OutgoingMessage, QueueMessage, RawAttributes } from './queue.ts';

type SqsAttributes = Readonly<Record<string, MessageAttributeValue>>;

/** The attributes of a message that was received. */
export function readAttributes(given: SqsAttributes): Pick<QueueMessage, 'attributes' | 'rawAttributes'> {
  const texts = Object.entries(given).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue] as const],
  );
  const raw: RawAttributes = Object.fromEntries(
    Object.entries(given).flatMap(([name, { DataType = 'String', StringValue, BinaryValue }]) => {
      if (DataType === 'String') return [];
      const value = BinaryValue === undefined ? StringValue : Buffer.from(BinaryValue).toString('base64');
      return value === undefined ? [] : [[name, { type: DataType, value }]];
    }),
  );
  return {
    attributes: Object.fromEntries(texts),
    ...(Object.keys(raw).length > 0 && { rawAttributes: raw }),
  };
}

/** As they are sent. */
export const writeAttributes = ({
  attributes,
  rawAttributes = {},
}: Pick<OutgoingMessage, 'attributes' | 'rawAttributes'>): Record<string, MessageAttributeValue> => ({
  ...mapValues(attributes, (StringValue) => ({ DataType: 'String', StringValue })),
  ...mapValues(rawAttributes, ({ type, value }) => ({
    DataType: type,
    ...(type.startsWith('Binary') ? { BinaryValue: Buffer.from(value, 'base64') } : { StringValue: value }),
  })),
});

const mapValues = <Value>(
  values: Readonly<Record<string, Value>>,
  write: (value: Value) => MessageAttributeValue,
): Record<string, MessageAttributeValue> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, write(value)]));
