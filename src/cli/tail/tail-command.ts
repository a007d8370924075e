import { Command, Option } from 'commander';
import { InvalidOptionError, LocalStackError } from '../../errors.ts';
import { parseFilterPattern } from '../../filter/parse-filter-pattern.ts';
import type { EventName } from '../../stream/record.ts';
import { eventNames } from '../../stream/record.ts';
import type { CommandIO } from '../command-io.ts';
import { argument, collect, readCount, readUrl } from '../read-argument.ts';
import { jsonFormat } from './json-line.ts';
import type { Condition } from './read-condition.ts';
import { conditionFormat, readCondition } from './read-condition.ts';
import type { TableName } from './read-table.ts';
import { readTable } from './read-table.ts';

interface Given {
  readonly table: TableName;
  readonly region?: string;
  readonly endpoint?: string;
  readonly from: 'trim-horizon' | 'latest';
  readonly event?: readonly EventName[];
  readonly where?: readonly Condition[];
  readonly filter?: readonly string[];
  readonly keysOnly?: true;
  readonly json?: true;
  readonly limit?: number;
  readonly untilCaughtUp?: true;
}

/** `spillway tail` */
export const tailCommand = (io: CommandIO): Command =>
  new Command('tail')
    .summary('show the changes of a table as they come on its stream, a line each')
    .description(
      'Shows the changes of a table as they come on its stream, on AWS or on this machine, decoded, a line each. Without a ' +
        'terminal nothing is cut or coloured. It reads beside what else reads the stream, and leaves no trace.',
    )
    .requiredOption('--table <table>', 'name or ARN of the table', argument(readTable))
    .option('--region <region>', 'region of AWS (default: as the AWS SDK finds it)')
    .option(
      '--endpoint <url>',
      'where DynamoDB and its streams are (default: AWS_ENDPOINT_URL_DYNAMODB, or AWS)',
      argument(readUrl),
    )
    .addOption(
      new Option('--from <position>', 'begin with the oldest change that is kept, or with what comes')
        .choices(['trim-horizon', 'latest'])
        .default('latest'),
    )
    .option('--event <names>', 'only these: INSERT, MODIFY, REMOVE, with commas', argument(readEvents))
    .option(
      '--where <condition>',
      'only items of which this is true; repeat it for more',
      collect(readCondition),
    )
    .option(
      '--filter <json>',
      "only what matches this filter pattern of Lambda's, or one of several",
      collect(readFilter),
    )
    .option('--keys-only', 'show no values but those of the keys')
    .option('--json', 'a JSON object for each change')
    .option('--limit <number>', 'end after so many changes', argument(readCount))
    .option(
      '--until-caught-up',
      'end when all has been shown that was there; AWS may show nothing for a while although there is more',
    )
    .addHelpText('after', `\n${conditionFormat}\n\n${jsonFormat}`)
    .action(async ({ table, region, endpoint, from, limit, ...given }: Given) => {
      const { runTail } = await loadTail();
      await runTail(
        {
          table,
          region,
          endpoint,
          from: from === 'latest' ? 'LATEST' : 'TRIM_HORIZON',
          eventNames: given.event ?? eventNames,
          conditions: given.where ?? [],
          filters: given.filter ?? [],
          limit,
          json: given.json === true,
          keysOnly: given.keysOnly === true,
          untilCaughtUp: given.untilCaughtUp === true,
        },
        io,
      );
    });

/** Loaded when it is needed: the client of the streams is an optional dependency, and other commands go without it. */
const loadTail = () =>
  import('./run-tail.ts').catch((cause: unknown) => {
    throw new LocalStackError(
      'The changes cannot be read. Is the client installed? npm install --save-dev @aws-sdk/client-dynamodb-streams',
      { cause },
    );
  });

function readEvents(text: string): readonly EventName[] {
  return text.split(',').map((word) => {
    const found = eventNames.find((name) => name === word.trim().toUpperCase());
    if (found === undefined)
      throw new InvalidOptionError(`It takes ${eventNames.join(', ')}, or several of them with commas.`);
    return found;
  });
}

function readFilter(text: string): string {
  parseFilterPattern(text);
  return text;
}
