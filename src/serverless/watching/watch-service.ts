import type { ResourceConfig } from '../framework.ts';
import type { Resources } from '../resources/intrinsic.ts';
import type { Finding } from '../rules/finding.ts';
import { alarmResource } from './alarm.ts';
import { dashboardResource } from './dashboard.ts';
import { functionAlarms, mappingAlarms } from './function-alarms.ts';
import { queueAlarms } from './queue-alarms.ts';
import { watchFindings } from './watch-findings.ts';
import type { WatchParts } from './watched.ts';
import { watchedFunctions, watchedMappings } from './watched.ts';
import { watchedQueues } from './watched-queues.ts';

/** What watches a service. */
export interface WatchPlan {
  /** Alarms, and the dashboard. */
  readonly resources: Resources;
  /** The logical IDs of the mappings whose events are to be counted. */
  readonly counted: readonly string[];
  readonly findings: readonly Finding[];
}

export const dashboardId = 'SpillwayDashboard';

export function watchService(parts: WatchParts): WatchPlan {
  const { settings, consumers } = parts;
  const { alarms: wanted, dashboard } = settings;
  if (consumers.length === 0 || (wanted === 'off' && !dashboard))
    return { resources: {}, counted: [], findings: [] };
  const functions = watchedFunctions(parts);
  const mappings = watchedMappings(parts);
  const found = watchedQueues(parts);
  const alarms =
    wanted === 'off'
      ? []
      : [
          ...functions.flatMap((one) => functionAlarms(one, wanted)),
          ...mappings.flatMap(mappingAlarms),
          ...found.queues.flatMap((queue) => queueAlarms(queue, wanted)),
        ].map((one): readonly [string, ResourceConfig] => [one.logicalId, alarmResource(one, wanted.topic)]);
  const { queues } = found;
  const ids = alarms.map(([id]) => id);
  return {
    resources: {
      ...Object.fromEntries(alarms),
      ...(dashboard && {
        [dashboardId]: dashboardResource({ alarms: ids, functions, mappings, queues, settings }),
      }),
    },
    counted: mappings.map(({ logicalId }) => logicalId),
    findings: watchFindings(parts, functions, found),
  };
}
