import type { Alarm } from './alarm.ts';
import { atOnce } from './alarm.ts';
import { functionMetric, mappingMetric } from './metrics.ts';
import { durationText, iteratorAgeSeconds } from './thresholds.ts';
import type { AlarmSettings } from './watch-settings.ts';
import type { WatchedFunction, WatchedMapping } from './watched.ts';

/** Lambda tries again what failed once. What fails in two of three periods does not pass by itself. */
const again = { bad: 2, of: 3 } as const;

/** The age comes with invocations, and between those of a batch that fails Lambda backs off: one bad period of three holds it. */
const lately = { bad: 1, of: 3 } as const;

export const functionAlarms = (one: WatchedFunction, settings: AlarmSettings): readonly Alarm[] => [
  ...(one.kind === 'consumer' ? [behind(one, settings)] : []),
  fails(one),
  throttled(one),
];

function behind(one: WatchedFunction, settings: AlarmSettings): Alarm {
  const seconds = iteratorAgeSeconds(one, settings);
  return {
    logicalId: `SpillwayAlarm${one.idPart}Behind`,
    title: `${one.name} falls behind`,
    description:
      `The changes that ${one.name} is handed were written ${durationText(seconds)} ago or earlier. ` +
      `At ${durationText(one.givenUpAfterSeconds)} they are given up. Lines of level ERROR in its log name the route and the ` +
      'error that holds it up. If there are none, it is too slow for what is written: see Throttles and Duration, then give ' +
      'it more memory or a larger parallelizationFactor. docs/deploying.md, Alarms.',
    metric: functionMetric('IteratorAge', one),
    threshold: seconds * 1_000,
    periods: lately,
  };
}

const fails = (one: WatchedFunction): Alarm => ({
  logicalId: `SpillwayAlarm${one.idPart}Errors`,
  title: `${one.name} fails`,
  description:
    `Invocations of ${one.name} end in an error, again and again. A record that cannot be handled is no such error: the ` +
    'function itself does not start, runs out of time or memory, or refuses the batch as a whole. The last lines of its log ' +
    'say which; was it deployed just now? Until it is mended its shards stand still. docs/deploying.md, Alarms.',
  metric: functionMetric('Errors', one),
  threshold: 1,
  periods: again,
});

const throttled = (one: WatchedFunction): Alarm => ({
  logicalId: `SpillwayAlarm${one.idPart}Throttles`,
  title: `${one.name} is throttled`,
  description:
    `Lambda finds no concurrency for ${one.name}, so it is not invoked, and falls behind unseen. See its reserved ` +
    'concurrency (0 is off), and what uses up the concurrency of the account. docs/deploying.md, Alarms.',
  metric: functionMetric('Throttles', one),
  threshold: 1,
  periods: again,
});

/** Two, for one is work with a deadline and the other a loss; in one alarm both metrics would cost as much. */
export const mappingAlarms = (mapping: WatchedMapping): readonly Alarm[] => [
  ...(mapping.hasDestination ? [givenUp(mapping)] : []),
  lost(mapping),
];

const givenUp = (mapping: WatchedMapping): Alarm => ({
  logicalId: `SpillwayAlarm${mapping.logicalId}GivenUp`,
  title: `${mapping.functionName} gives up records of ${mapping.stream}`,
  description:
    `Lambda has stopped trying to hand records of ${mapping.stream} to ${mapping.functionName} and has sent a pointer to the ` +
    'on-failure destination. A pointer holds no records; the stream forgets them 24 hours after they were written. Look ' +
    'today: npx spillway dlq list, then replay. docs/dead-letters.md, At night.',
  metric: mappingMetric('OnFailureDestinationDeliveredEventCount', mapping),
  threshold: 1,
  periods: atOnce,
});

const lost = (mapping: WatchedMapping): Alarm => ({
  logicalId: `SpillwayAlarm${mapping.logicalId}Lost`,
  title: `${mapping.functionName} loses records of ${mapping.stream}`,
  description: `Lambda has given up records of ${mapping.stream} and left no pointer: ${whyLost(mapping)} The stream has them until 24 hours after they were written. docs/deploying.md, Alarms.`,
  metric: mappingMetric('DroppedEventCount', mapping),
  threshold: 1,
  periods: atOnce,
});

const whyLost = ({ hasDestination, functionName }: WatchedMapping): string =>
  hasDestination
    ? `the on-failure destination refused it. See whether the role of ${functionName} may send there, and use the key if it is encrypted.`
    : `the mapping of ${functionName} has no on-failure destination. Give it one.`;
