import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

/** A Lambda function that remembers in a table what it has done. */
export type Run = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;

/** What a function is made of. */
export interface Ground {
  readonly client: DynamoDBClient;
  /** Partition key `id`, and empty. */
  readonly tableName: string;
  /** To be called with the event id of each record. */
  readonly handle: (eventId: string | undefined) => Promise<void>;
}

export interface LedgerContestant {
  readonly id: string;
  readonly label: string;
  /** How many records of a batch are to be handled again when the whole of it was settled and comes a second time. */
  readonly handledAgain: 'none' | 'all';
  /** Batches of this size come before those that are measured. */
  readonly warmUpRecords: number;
  /** Imports the library, which happens in the contestant's own process only, and makes the function. */
  readonly load: (ground: Ground) => Promise<Run>;
}

const usual = { handledAgain: 'none', warmUpRecords: 1_000 } as const;

/** In the order of the tables. Targets name some of them by id. */
export const ledgerContestants: readonly LedgerContestant[] = [
  {
    ...usual,
    id: 'powertools-parallel',
    label: 'Powertools, parallel',
    load: async (ground) => (await import('./powertools.ts')).powertools(ground, true),
  },
  {
    ...usual,
    id: 'powertools-sequential',
    label: 'Powertools, sequential',
    // A thousand would take it longer than all that is measured of the others.
    warmUpRecords: 100,
    load: async (ground) => (await import('./powertools.ts')).powertools(ground, false),
  },
  { ...usual, id: 'claim', label: 'Spillway, claim', load: spillway('claim') },
  { ...usual, id: 'record', label: 'Spillway, record', load: spillway('record') },
  {
    ...usual,
    id: 'checkpoint',
    label: 'Spillway, checkpoint',
    handledAgain: 'all',
    load: spillway('checkpoint'),
  },
  {
    ...usual,
    id: 'off',
    label: 'Spillway, no ledger',
    handledAgain: 'all',
    load: spillway('off'),
  },
];

export function contestantOf(id: string): LedgerContestant {
  const contestant = ledgerContestants.find((one) => one.id === id);
  if (contestant === undefined) throw new Error(`there is no contestant "${id}"`);
  return contestant;
}

function spillway(guarantee: 'claim' | 'record' | 'checkpoint' | 'off'): LedgerContestant['load'] {
  return async (ground) => (await import('./spillway.ts')).spillway(ground, guarantee);
}
