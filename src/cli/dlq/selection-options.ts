import type { Command } from 'commander';
import type { Selection } from '../../replay/engine/selection.ts';
import { argument, collect, readUrl } from '../read-argument.ts';
import type { ConnectionChoice } from './open-queue.ts';
import type { PlainKey, PointInTime } from './read-choice.ts';
import { readKey, readTime } from './read-choice.ts';

/** What every command of `spillway dlq` takes. */
export interface ConnectionGiven {
  readonly queue?: string;
  readonly region?: string;
  readonly endpoint?: string;
}

export interface SelectionGiven {
  readonly route?: readonly string[];
  readonly reason?: readonly string[];
  readonly error?: readonly string[];
  readonly table?: readonly string[];
  readonly key?: readonly (readonly PlainKey[])[];
  readonly since?: PointInTime;
  readonly until?: PointInTime;
  readonly id?: readonly string[];
  readonly ofConsumer?: readonly string[];
}

export const withConnection = (command: Command): Command =>
  command
    .option('--queue <queue>', "the dead letters' queue, its URL, name or ARN (default: SPILLWAY_DLQ_URL)")
    .option('--region <region>', "region of AWS (default: the queue's, or as the AWS SDK finds it)")
    .option(
      '--endpoint <url>',
      'where SQS and DynamoDB are, on this machine (default: AWS_ENDPOINT_URL_SQS and its like, or AWS)',
      argument(readUrl),
    );

const word = collect((text: string) => text);

export const withSelection = (command: Command): Command =>
  command
    .option('--route <name>', 'only what failed at this route', word)
    .option(
      '--reason <reason>',
      'only this: permanent, unreadable, schema, exhausted, parked, RetryAttemptsExhausted ...',
      word,
    )
    .option(
      '--of-consumer <name>',
      'only letters of this consumer, and batches of the function of that name',
      word,
    )
    .option('--error <name>', 'only errors of this name', word)
    .option('--table <name>', 'only changes of this table', word)
    .option('--key <key>', 'only this item: NAME=VALUE, or its key or a part of it as JSON', collect(readKey))
    .option('--since <time>', 'only what was given up since: ISO 8601, or an age as 90m, 2h, 3d', at())
    .option('--until <time>', 'only what was given up before', at())
    .option('--id <id>', "only this: a letter's or message's id, or how it begins", word)
    .addHelpText(
      'after',
      '\nWhat is given several times means any of them; of different options all must hold.',
    );

const at = () => argument(readTime);

export const connectionOf = ({ queue, region, endpoint }: ConnectionGiven): ConnectionChoice => ({
  queue,
  region,
  endpoint,
});

export function selectionOf(given: SelectionGiven, nowMs: number): Selection {
  const { route, reason, error, table, key, since, until, id, ofConsumer } = given;
  return {
    ...(route && { routes: route }),
    ...(ofConsumer && { consumers: ofConsumer }),
    ...(reason && { reasons: reason }),
    ...(error && { errors: error }),
    ...(table && { tables: table }),
    ...(key && { keys: key.flat() }),
    ...(since && { since: since(nowMs) }),
    ...(until && { until: until(nowMs) }),
    ...(id && { ids: id }),
  };
}

export const isEmpty = (selection: Selection): boolean => Object.keys(selection).length === 0;
