import { ReplayError } from '../../errors.ts';
import { isObject } from '../../stream/record.ts';
import type { QueueMessage, RawAttributes } from '../queue/queue.ts';

/** A message in a file of exported messages: a line of JSON each. */
export interface ExportedMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Those that are no plain texts. */
  readonly rawAttributes?: RawAttributes;
  /** ISO 8601. */
  readonly sentAt: string;
  /** Of a FIFO queue only. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** The line, with its end. */
export function exportedLine(message: QueueMessage): string {
  const { body, attributes, rawAttributes, sentAtMs, groupId, deduplicationId } = message;
  const exported: ExportedMessage = {
    body,
    attributes,
    ...(rawAttributes !== undefined && { rawAttributes }),
    sentAt: new Date(sentAtMs).toISOString(),
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
  };
  return `${JSON.stringify(exported)}\n`;
}

/** @throws ReplayError that says what is wrong about the line, and quotes nothing of it */
export function readExportedLine(line: string): ExportedMessage {
  const content = parse(line);
  if (!isObject(content)) throw notExported('it is not a JSON object');
  const unknown = Object.keys(content).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw notExported('it has a field that export does not write');
  const { body, attributes, rawAttributes, sentAt, groupId, deduplicationId } = content;
  if (typeof body !== 'string' || body === '')
    throw notExported('its "body" must be a text that is not empty');
  if (!isTexts(attributes)) throw notExported('its "attributes" must be an object of texts');
  if (rawAttributes !== undefined && !isRaw(rawAttributes))
    throw notExported('its "rawAttributes" must be an object of types and values');
  if (typeof sentAt !== 'string' || Number.isNaN(Date.parse(sentAt)))
    throw notExported('its "sentAt" must be a time, ISO 8601');
  if (!isTextOrNone(groupId) || !isTextOrNone(deduplicationId))
    throw notExported('its "groupId" and "deduplicationId" must be texts');
  return {
    body,
    attributes,
    ...(rawAttributes !== undefined && { rawAttributes }),
    sentAt,
    ...(groupId !== undefined && { groupId }),
    ...(deduplicationId !== undefined && { deduplicationId }),
  };
}

const fields = ['body', 'attributes', 'rawAttributes', 'sentAt', 'groupId', 'deduplicationId'];

const notExported = (why: string): ReplayError =>
  new ReplayError(`this line is not what \`spillway dlq export\` writes: ${why}`);

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The parser's own message quotes the text, which is data.
    throw notExported('it is not JSON');
  }
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) && Object.values(value).every((text) => typeof text === 'string');

const isRaw = (value: unknown): value is RawAttributes =>
  isObject(value) &&
  Object.values(value).every(
    (one) =>
      isObject(one) && isTexts(one) && Object.keys(one).length === 2 && !!one['type'] && 'value' in one,
  );

const isTextOrNone = (value: unknown): value is string | undefined =>
  value === undefined || (typeof value === 'string' && value !== '');
