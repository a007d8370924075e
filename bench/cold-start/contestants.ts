export interface ColdStartContestant {
  readonly id: string;
  readonly label: string;
  /** Where its handler is written. */
  readonly source: URL;
}

const consumer = (id: string, label: string): ColdStartContestant => ({
  id,
  label,
  source: new URL(`./consumers/${id}.ts`, import.meta.url),
});

export const ours = consumer('spillway', 'Spillway');
/** What the aim names. */
export const theirs = consumer('powertools', 'by hand: Powertools Batch, Idempotency, Parser, SQS client');

/** The same consumer, and what lies below any. */
export const coldStartContestants: readonly ColdStartContestant[] = [
  ours,
  theirs,
  consumer('spillway-ledger', 'Spillway, `ledger: dynamoDBLedger(...)` written out'),
  consumer('spillway-zod', 'Spillway, its schema in `zod` and not in `zod/mini`'),
  consumer('without-parser', "by hand, `unmarshall` and zod in Parser's place"),
  consumer('bare', 'bare: the DynamoDB client and the SQS client only'),
];
