import type { AppliedTemplate } from '../../local/service/service-options.ts';
import type { LocalEnvironment } from '../../local/index.ts';
import type { Paint } from '../paint.ts';

/** What runs, what does not, and how to get at it. */
export function readyText(
  { resources, functions, queueUrls, apiUrls }: AppliedTemplate,
  environment: LocalEnvironment,
  paint: Paint,
): string {
  const rows: (readonly [kind: string, name: string, more: string])[] = [
    ...resources.tables.map(({ name, streamViewType, timeToLiveAttribute }) => {
      const stream = streamViewType === undefined ? 'no stream' : `stream ${streamViewType}`;
      const expiry = timeToLiveAttribute === undefined ? '' : `, expires by ${timeToLiveAttribute}`;
      return ['table', name, `${stream}${expiry}`] as const;
    }),
    ...resources.queues.map(
      ({ logicalId, name }) => ['queue', name, queueUrls.get(logicalId) ?? ''] as const,
    ),
    ...resources.topics.map(({ name }) => ['topic', name, ''] as const),
    ...resources.buckets.map(({ name }) => ['bucket', name, ''] as const),
    ...functions.functions.map(
      ({ name, handler, timeoutSeconds, memorySizeMb }) =>
        ['function', name, `${handler}, ${timeoutSeconds} s, ${memorySizeMb} MB`] as const,
    ),
    ...functions.mappings.map(
      ({ functionLogicalId, source, logicalId, settings }) =>
        [
          'mapping',
          logicalId,
          `${source.kind === 'table' ? source.logicalId : source.streamArn} → ${functionLogicalId}${settings.Enabled === false ? ', not enabled' : ''}`,
        ] as const,
    ),
    ...functions.queueMappings.map(
      ({ functionLogicalId, queueLogicalId, logicalId }) =>
        ['mapping', logicalId, `${queueLogicalId} → ${functionLogicalId}`] as const,
    ),
    ...resources.apis.map(({ logicalId, name }) => ['api', name, apiUrls.get(logicalId) ?? ''] as const),
    ...functions.routes.map(
      ({ routeKey, functionLogicalId }) => ['route', routeKey, `→ ${functionLogicalId}`] as const,
    ),
    ...functions.notRun.map(({ logicalId, reason }) => ['not run', logicalId, reason] as const),
  ];
  const width = Math.max(...rows.map(([, name]) => name.length));
  const table = rows.map(
    ([kind, name, more]) => `  ${paint('dim', kind.padEnd(8))}  ${name.padEnd(width)}  ${more}`,
  );
  return [
    ...table.map((line) => line.trimEnd()),
    ...functions.warnings.map((warning) => paint('yellow', `  ${warning}`)),
    ...notCreatedLines(resources.notCreated.map(({ type }) => type)).map((line) => paint('dim', line)),
    '',
    paint('dim', '  # for other programs: aws dynamodb list-tables, spillway tail, your own'),
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
    '',
  ].join('\n');
}

function notCreatedLines(types: readonly string[]): readonly string[] {
  if (types.length === 0) return [];
  const counts = [...Map.groupBy(types, (type) => type)].map(([type, all]) =>
    all.length > 1 ? `${type} (${all.length})` : type,
  );
  return [`  not created here: ${counts.join(', ')}`];
}
