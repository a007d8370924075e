import type { Line } from './widgets.ts';
import { periodSeconds } from './metrics.ts';
import type { WatchedFunction } from './watched.ts';

/** As many characters as a search may have. */
const longestSearch = 1_024;

/** A name that stands for itself between the quotation marks of a search. */
const isPlain = (name: string): boolean => /^[\w ./#:-]+$/.test(name);

/**
 * Searches for what `metricsObserver` writes. Searches, because besides `consumer` and `route` a metric has whatever else the
 * `Metrics` instance adds (`service`, mostly), which only the code knows. They name the dimension `route` to tell a route's
 * metrics from its consumer's.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export function spillwayLines(namespace: string, functions: readonly WatchedFunction[]) {
  const consumers = functions.flatMap(({ kind, consumer }) => (kind === 'consumer' ? [consumer] : []));
  const search = (term: string, statistic: string): string => {
    const named = `Namespace="${namespace}" ${term}`;
    const narrow = expressionOf([named, ...whichOf(consumers)].join(' '), statistic);
    return narrow.length > longestSearch ? expressionOf(named, statistic) : narrow;
  };
  return {
    ofConsumers: (metric: string, statistic: string): Line => ({
      expression: search(`MetricName="${metric}" NOT "route"`, statistic),
      label: `\${PROP('Dim.consumer')} ${metric}`,
    }),
    ofRoutes: (metric: string, statistic: string): Line => ({
      expression: search(`MetricName="${metric}" "route"`, statistic),
      label: "${PROP('Dim.consumer')} ${PROP('Dim.route')}",
    }),
  };
}

const expressionOf = (terms: string, statistic: string): string =>
  `SEARCH('${terms}', '${statistic}', ${periodSeconds})`;

/** Those of this service, if all of them can be named. */
function whichOf(consumers: readonly (string | undefined)[]): readonly string[] {
  const names = consumers.flatMap((name) => (name !== undefined && isPlain(name) ? [name] : []));
  if (names.length < consumers.length) return [];
  return [`(${[...new Set(names)].map((name) => `consumer="${name}"`).join(' OR ')})`];
}
