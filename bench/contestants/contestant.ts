import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Looks, Work } from './work.ts';

/** A Lambda function made with one of the libraries. */
export type Run = (event: DynamoDBStreamEvent) => Promise<unknown>;

/** One way to handle a batch, side by side with the others. */
export interface Contestant {
  readonly id: string;
  readonly label: string;
  readonly looks: Looks;
  readonly recordsPerItem: number;
  /** Imports the library, which happens in the contestant's own process only, and makes the function. */
  readonly load: (work: Work) => Promise<Run>;
}

/** What cannot take part, and why. */
export interface Absentee {
  readonly id: string;
  readonly label: string;
  readonly absent: string;
}

export type Entrant = Contestant | Absentee;
