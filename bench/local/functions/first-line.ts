import type { DynamoDBStreamEvent } from 'aws-lambda';

export interface FirstLine {
  /** When the handler's first line ran, in nanoseconds of the machine's monotonic clock, which all its processes share. */
  readonly at: string;
  readonly ids: readonly string[];
}

/** Answers with when it began, and with the keys of the records that it was given. */
export function handler(event: DynamoDBStreamEvent): Promise<FirstLine> {
  const at = process.hrtime.bigint();
  return Promise.resolve({
    at: String(at),
    ids: event.Records.map(({ dynamodb }) => dynamodb?.Keys?.['pk']?.S ?? ''),
  });
}
