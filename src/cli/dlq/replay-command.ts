import { Command, Option } from 'commander';
import { InvalidOptionError } from '../../errors.ts';
import type { FilterCriteria } from '../../filter/compile-filter-criteria.ts';
import { compileFilterCriteria } from '../../filter/compile-filter-criteria.ts';
import { filterLimits } from '../../filter/filter-limits.ts';
import { parseFilterPattern } from '../../filter/parse-filter-pattern.ts';
import type { IfStale } from '../../replay/engine/run-options.ts';
import type { CommandIO } from '../command-io.ts';
import { argument, collect, readCount } from '../read-argument.ts';
import { canAsk } from './ask.ts';
import type { DlqParts } from './dlq-parts.ts';
import { findHandler } from './load-handler.ts';
import type { PlainKey } from './read-choice.ts';
import { readRate, readWithin } from './read-choice.ts';
import { runGuarded } from './run-guarded.ts';
import type { ReplayRun, RunBy } from './run-replay.ts';
import type { ConnectionGiven, SelectionGiven } from './selection-options.ts';
import { connectionOf, selectionOf, withConnection, withSelection } from './selection-options.ts';

interface Given extends ConnectionGiven, SelectionGiven {
  readonly handler?: string;
  readonly function?: string;
  readonly as?: readonly string[];
  readonly ifStale: IfStale;
  readonly concurrency?: number;
  readonly rate?: number;
  readonly max?: number;
  readonly dryRun?: boolean;
  readonly versionAttribute?: string;
  readonly filter?: readonly string[];
  readonly fromTable?: boolean;
  readonly consumer?: string;
  readonly ledgerTable?: string;
  readonly visibilitySeconds?: number;
  readonly timeoutSeconds?: number;
  readonly showKeys?: boolean;
  readonly showErrors?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly yes?: boolean;
}

/** `spillway dlq replay` */
export const replayCommand = (io: CommandIO, parts: DlqParts): Command =>
  withSelection(withConnection(new Command('replay')))
    .summary('run what is in the queue again')
    .description(
      'Runs letters, and what the pointers of Lambda point to, again: through the same router, ledger and errors, per item in the ' +
        "stream's order. A message is deleted only when nothing is left to do about it. Ctrl-C finishes what is running and gives " +
        'the rest back. The exit status is 0 only if nothing that was asked for is left.',
    )
    .option(
      '--handler <file>',
      'run them here: a module with a handler, as handlers/orders.ts or FILE#EXPORT',
    )
    .option('--function <name>', 'run them by invoking this function on Lambda')
    .option(
      '--as <function>',
      'with --handler: the function on Lambda that has this handler, whose pointers it is to run; once for each',
      collect((name: string) => name),
    )
    .addOption(
      new Option('--if-stale <what>', 'what becomes of a letter whose item has changed since')
        .choices(['run', 'skip', 'fail'])
        .default('fail'),
    )
    .option('--concurrency <number>', 'items at once (default: 10)', argument(readWithin(1, 1_000)))
    .option('--rate <rate>', 'pieces of work begun a second, as 20/s (default: no limit)', argument(readRate))
    .option('--max <number>', 'messages at most, the oldest change first', argument(readCount))
    .option('--dry-run', 'say what would run, in which order, and run nothing')
    .option('--version-attribute <name>', 'the attribute of an item that grows with every write')
    .option('--filter <json>', "a filter pattern of the mapping's, for its pointers", collect(readFilter))
    .option('--from-table', 'for pointers whose records are lost: run the items of --key as they are now')
    .option('--consumer <name>', 'sets SPILLWAY_CONSUMER for the handler')
    .option('--ledger-table <name>', 'sets SPILLWAY_LEDGER_TABLE for the handler')
    .option(
      '--visibility-seconds <number>',
      'how long messages are kept from others at a time (default: 120)',
      argument(readWithin(2, 43_200)),
    )
    .option(
      '--timeout-seconds <number>',
      'how long a handler has here for a batch, as a function its time-out (default: 30)',
      argument(readWithin(1, 900)),
    )
    .option('--show-keys', "show the values of items' keys")
    .option(
      '--show-errors',
      "show the words of handlers' errors, which may hold data; Spillway's own are always shown",
    )
    .option('--json', 'a JSON object for each piece of work, and a last one for the whole')
    .option(
      '--verbose',
      'show on stderr what the handler of --handler writes to its standard output; it may hold data',
    )
    .option('--yes', 'do not ask')
    .action(async (given: Given) => {
      const run = readRun(given, parts.now());
      if (run.options.fromTable !== undefined && run.isAsked && !canAsk(io))
        throw new InvalidOptionError(
          'There is no terminal to ask at: say --yes to run items as they are now (--from-table) without being asked.',
        );
      await runGuarded(io, async (guarded) =>
        (await import('./run-replay.ts')).runReplay(run, guarded, parts),
      );
    });

function readRun(given: Given, nowMs: number): ReplayRun {
  const { fromTable = false, concurrency, rate, max, versionAttribute } = given;
  const { visibilitySeconds, timeoutSeconds } = given;
  const by = readBy(given);
  const { key: keys, ...others } = given;
  // With --from-table the keys name items and not messages: a pointer is of no one item.
  const selection = selectionOf(fromTable ? others : given, nowMs);
  const filter = filterOf(given.filter);
  return {
    by,
    connection: connectionOf(given),
    options: {
      selection,
      ifStale: given.ifStale,
      dryRun: given.dryRun === true,
      ...(concurrency !== undefined && { concurrency }),
      ...(rate !== undefined && { ratePerSecond: rate }),
      ...(max !== undefined && { max }),
      ...(versionAttribute !== undefined && { versionAttribute }),
      ...(visibilitySeconds !== undefined && { visibilitySeconds }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(filter && { filter }),
      ...(fromTable && { fromTable: itemKeys(keys) }),
    },
    variables: {
      ...(given.consumer !== undefined && { SPILLWAY_CONSUMER: given.consumer }),
      ...(given.ledgerTable !== undefined && { SPILLWAY_LEDGER_TABLE: given.ledgerTable }),
    },
    report: {
      showKeys: given.showKeys === true,
      showErrors: given.showErrors === true,
      json: given.json === true,
      dryRun: given.dryRun === true,
    },
    verbose: given.verbose === true,
    isAsked: given.yes !== true && given.dryRun !== true,
  };
}

function readBy({ handler, function: functionName, as: functionNames, consumer, ledgerTable }: Given): RunBy {
  if (handler !== undefined && functionName === undefined)
    return { handler: findHandler(handler), functionNames: functionNames ?? [] };
  if (functionName === undefined || handler !== undefined)
    throw new InvalidOptionError(
      'Say who runs them, one of these: --handler FILE, in this process, or --function NAME, on Lambda.',
    );
  if (consumer !== undefined || ledgerTable !== undefined || functionNames !== undefined)
    throw new InvalidOptionError(
      '--as, --consumer and --ledger-table are for --handler: a function has its own.',
    );
  return { functionName };
}

function itemKeys(keys: Given['key'] = []): readonly PlainKey[] {
  if (keys.length === 0)
    throw new InvalidOptionError('--from-table needs the items that are to run: --key, once for each.');
  return keys.map(([key, ...others]) => {
    if (key === undefined || others.length > 0)
      throw new InvalidOptionError(
        'With --from-table a --key whose value looks like a number is written as JSON: {"n":5} or {"n":"5"}.',
      );
    return key;
  });
}

function readFilter(text: string): string {
  parseFilterPattern(text);
  return text;
}

/** Here, so that too many are refused before anything is read. */
function filterOf(patterns: readonly string[] | undefined): FilterCriteria | undefined {
  if (patterns === undefined) return undefined;
  const criteria = { Filters: patterns.map((Pattern) => ({ Pattern })) };
  compileFilterCriteria(criteria, { filtersAtMost: filterLimits.filtersAtMost });
  return criteria;
}
