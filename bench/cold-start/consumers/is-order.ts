import type { DynamoDBRecord } from 'aws-lambda';

/** Whether the consumers written by hand look at a record: the summary of an order that is there now. */
export const isOrder = ({ eventName, dynamodb }: DynamoDBRecord): boolean =>
  eventName !== 'REMOVE' &&
  dynamodb?.Keys?.['pk']?.S?.startsWith('ORDER#') === true &&
  dynamodb.Keys['sk']?.S === 'SUMMARY';
