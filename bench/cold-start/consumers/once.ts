import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { NoteFacts } from './leave-note.ts';
import { leaveNote } from './leave-note.ts';

export const config = new IdempotencyConfig({ expiresAfterSeconds: 172_800 });

/** With a plain string for a payload, which spares Powertools a JMESPath. */
export const leaveNoteOnce = makeIdempotent((_eventId: string, facts: NoteFacts) => leaveNote(facts), {
  persistenceStore: new DynamoDBPersistenceLayer({ tableName: process.env['LEDGER_TABLE'] ?? '' }),
  config,
});
