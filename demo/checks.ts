import type { DynamoDBRecord } from 'aws-lambda';
import { readAudit, settledIn } from './audit.ts';
import { differences } from './differences.ts';
import type { Expected, ExpectedLetter } from './expected.ts';
import { isOfCustomers } from './items.ts';
import type { Change, Facts } from './read-back.ts';
import { shopFigures } from './shop-figures.ts';
import { textOf } from './writes.ts';

/** A line of the demo's table. */
export interface Check {
  readonly what: string;
  readonly found: number;
  readonly expected: number;
  /** Where it was looked for. */
  readonly source: string;
  /** What is not as expected, one thing each. */
  readonly wrong: readonly string[];
}

/** What the demo did. */
export interface Run {
  /** The items changed by requests which DynamoDB has accepted, once for each change. */
  readonly written: readonly string[];
  /** What was delivered a second time on purpose. */
  readonly deliveredAgain: readonly DynamoDBRecord[];
  readonly expected: Expected;
}

export const holds = ({ found, expected, wrong }: Check): boolean => found === expected && wrong.length === 0;

/** Compares what was written with what stands in the stream, the tables and the queue. */
export const checksOf = (facts: Facts, run: Run): readonly Check[] => [
  ...checkChanges(facts, run),
  ...checkAudit(facts, run),
  ...checkOutcome(facts, run),
];

/** Every change was handled, or its letter lies in the queue. */
function checkChanges(
  { changes, ledger, letters, audit }: Facts,
  { written, expected }: Run,
): readonly Check[] {
  const { timesHandled } = readAudit({ audit, changes });
  const isSettled = settledIn(ledger);
  const lettered = new Set(letters.map(({ record }) => record.eventID));
  const isDead = ({ eventId }: Change) => lettered.has(eventId);
  const isHandled = (change: Change) =>
    !isDead(change) && isSettled(change) && timesHandled(change.sequenceNumber) > 0;

  const lost = changes.filter((change) => !isHandled(change) && !isDead(change)).map(({ item }) => item);
  const total = written.length + expected.changesByHandlers;
  const poison = new Set(expected.letters.map(({ item }) => item)).size;
  return [
    {
      what: 'changes written',
      found: changes.length,
      expected: total,
      source: 'the stream, from its start',
      wrong: differences(
        changes.map(({ item }) => item).filter(isOfCustomers),
        written.filter(isOfCustomers),
      ),
    },
    {
      what: '… handled',
      found: changes.filter(isHandled).length,
      expected: total - poison,
      source: 'ledger and audit tables',
      wrong: [],
    },
    {
      what: '… dead-lettered',
      found: changes.filter(isDead).length,
      expected: poison,
      source: 'queue',
      wrong: [],
    },
    { what: '… lost', found: lost.length, expected: 0, source: 'stream, ledger and queue', wrong: lost },
  ];
}

/** Each change was handled once, and behind the earlier ones of its item. */
function checkAudit(facts: Facts, { deliveredAgain, expected }: Run): readonly Check[] {
  const { timesHandled, handledTwice, outOfOrder, attempts } = readAudit(facts);
  const skipped = deliveredAgain.filter(({ dynamodb }) => timesHandled(dynamodb?.SequenceNumber ?? '') === 1);
  return [
    {
      what: 'duplicates skipped',
      found: skipped.length,
      expected: deliveredAgain.length,
      source: 'audit table',
      wrong: deliveredAgain.length > 0 ? [] : ['no batch was large enough to be delivered again'],
    },
    {
      what: 'handled twice',
      found: handledTwice.length,
      expected: 0,
      source: 'audit table',
      wrong: handledTwice,
    },
    {
      what: 'order violations',
      found: outOfOrder.length,
      expected: 0,
      source: 'audit table and stream',
      wrong: outOfOrder,
    },
    {
      what: 'retried, then handled',
      found: attempts.length,
      expected: expected.attempts.length,
      source: 'audit table',
      wrong: differences(attempts.map(String), expected.attempts.map(String)),
    },
  ];
}

/** The letters are those of the poison, and what the handlers wrote adds up. */
function checkOutcome(facts: Facts, { expected }: Run): readonly Check[] {
  const letters = facts.letters.map(({ consumer, route, reason, record }) =>
    inWords({ consumer, route: route ?? '', item: textOf(record.dynamodb?.Keys), reason }),
  );
  const [figures, expectedFigures] = [shopFigures(facts.shop), expected.figures].map((all) =>
    Object.entries(all)
      .filter(([, number]) => number !== 0)
      .map(([name, number]) => `${name} ${number}`),
  );
  const wrong = differences(figures ?? [], expectedFigures ?? []);
  return [
    {
      what: 'letters, by their poison',
      found: letters.length,
      expected: expected.letters.length,
      source: 'queue',
      wrong: differences(letters, expected.letters.map(inWords)),
    },
    {
      what: 'stock, totals and notes',
      found: (expectedFigures ?? []).filter((figure) => figures?.includes(figure)).length,
      expected: expectedFigures?.length ?? 0,
      source: 'shop table',
      wrong,
    },
  ];
}

const inWords = ({ consumer, route, item, reason }: ExpectedLetter): string =>
  `letter of ${consumer}, ${route}, about ${item}: ${reason}`;
