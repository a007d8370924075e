import type { ResourceConfig } from '../framework.ts';
import { joined, joinedJson } from './joined.ts';
import { placed } from './layout.ts';
import { failing, keepingUp, stuck } from './questions.ts';
import type { QuestionParts } from './questions.ts';
import { getAttribute } from '../resources/intrinsic.ts';
import type { WatchedFunction, WatchedQueue } from './watched.ts';
import type { Widget } from './widgets.ts';
import { alarmStates, heading, logTable, text } from './widgets.ts';

export interface DashboardParts extends QuestionParts {
  /** Logical IDs. */
  readonly alarms: readonly string[];
}

/** From top to bottom: what is on, then the three questions in the order in which they matter, and what the log says. */
export function dashboardResource(parts: DashboardParts): ResourceConfig {
  const { alarms, functions, queues } = parts;
  const states = alarms.length === 0 ? [] : [alarmStates(alarms.map((id) => getAttribute(id, 'Arn')))];
  const rows = [
    [...states, text(runbook(functions, queues))],
    [heading('Is it keeping up?')],
    keepingUp(parts),
    [heading('Is anything stuck?')],
    stuck(parts),
    [heading('What is failing?')],
    failing(parts),
    failures(functions),
  ];
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      // Dashboards are the account's, whatever the region: a stack may be in several.
      DashboardName: joined({ Ref: 'AWS::StackName' }, '-', { Ref: 'AWS::Region' }),
      DashboardBody: joinedJson({ widgets: placed(rows) }),
    },
  };
}

/** @see docs/dead-letters.md */
function runbook(functions: readonly WatchedFunction[], queues: readonly WatchedQueue[]): unknown {
  const consumers = functions.filter(({ kind }) => kind === 'consumer');
  return joined(
    '**Letters in the queue?** What to do: docs/dead-letters.md, At night.\n\n```\n',
    ...queues.flatMap(({ url }) => ['export SPILLWAY_DLQ_URL=', url, '\n']),
    'npx spillway dlq list\nnpx spillway dlq show ID --current\n',
    ...consumers.flatMap(({ reference }) => ['npx spillway dlq replay --function ', reference, ' --max 1\n']),
    '```\n',
  );
}

/** The lines of Spillway's own log, and of `loggerObserver`. */
function failures(functions: readonly WatchedFunction[]): readonly Widget[] {
  const groups = functions.flatMap(({ logGroup }) => (logGroup === undefined ? [] : [logGroup]));
  if (groups.length === 0) return [];
  const query = joined(
    ...groups.flatMap((group) => ["SOURCE '", group, "' | "]),
    [
      'filter message like /^spillway: record /',
      'stats count() as records, max(@timestamp) as latest by consumer, route, message, error.name',
      'sort records desc',
      'limit 50',
    ].join('\n| '),
  );
  return [logTable('What failed, by route and error', query)];
}
