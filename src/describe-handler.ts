import type { SqsLetterPlaces } from './dead-letter/letter.ts';
import type { HandlerOptions } from './handler-options.ts';
import { defaultExpirySeconds } from './idempotency/expiry.ts';
import type { LedgerSettings } from './idempotency/guarantee.ts';
import { isObject } from './stream/record.ts';

/** What a handler was made with, as plain data: deployment reads it. */
export interface HandlerDescription {
  /** As the code says; undefined: `SPILLWAY_CONSUMER`, else the function's name. */
  readonly consumer: string | undefined;
  readonly order: 'item' | 'shard';
  readonly concurrency: number;
  readonly deadlineMarginMs: number;
  readonly afterDeadLetter: 'continue' | 'park-item';
  /** `custom`: a persistence layer that is not `dynamoDBLedger`. */
  readonly ledger: LedgerSettings | 'off' | 'custom';
  readonly deadLetters: 'sqs' | 'off' | 'custom';
  /** Where letters go that do not go to the queue of the environment alone. */
  readonly letterPlaces?: SqsLetterPlaces;
}

/** The defaults filled in, without making anything: a handler is also looked at where nothing of it could work. */
export function describeHandler(options: HandlerOptions): HandlerDescription {
  const { consumer, order = 'item', concurrency = 10, deadlineMarginMs = 1_000 } = options;
  const { afterDeadLetter = 'continue', ledger, deadLetters } = options;
  const places = typeof deadLetters === 'object' ? deadLetters.sqs : undefined;
  return {
    consumer,
    order,
    concurrency,
    deadlineMarginMs,
    afterDeadLetter,
    ledger: ledger === 'off' ? 'off' : describeLedger(ledger),
    deadLetters: describeLetters(deadLetters),
    ...(places !== undefined && Object.keys(places).length > 0 && { letterPlaces: places }),
  };
}

function describeLedger(ledger: Exclude<HandlerOptions['ledger'], 'off'>): LedgerSettings | 'custom' {
  if (ledger === undefined) return { guarantee: 'claim', expiresAfterSeconds: defaultExpirySeconds };
  // Known by what it is made of: a bundle may hold Spillway twice.
  const settings: unknown = 'settings' in ledger ? ledger.settings : undefined;
  return isObject(settings) && 'guarantee' in settings ? (settings as unknown as LedgerSettings) : 'custom';
}

function describeLetters(deadLetters: HandlerOptions['deadLetters']): HandlerDescription['deadLetters'] {
  if (deadLetters === 'off') return 'off';
  return deadLetters === undefined || deadLetters.sqs !== undefined ? 'sqs' : 'custom';
}
