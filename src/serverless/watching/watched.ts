import type { FrameworkService, FunctionConfig, Naming, ProviderConfig } from '../framework.ts';
import { isObject } from '../../stream/record.ts';
import type { PlannedConsumer, ReplayPlan } from '../plan-replays.ts';
import type { Resources } from '../resources/intrinsic.ts';
import { referenceIn } from '../resources/intrinsic.ts';
import type { QueueModel } from '../rules/service-model.ts';
import { joined } from './joined.ts';
import { streamRetentionSeconds } from '../../idempotency/expiry.ts';
import type { WatchSettings } from './watch-settings.ts';

/** What is planned for a service, as much of it as is watched. */
export interface WatchParts {
  readonly service: Pick<FrameworkService, 'functions' | 'provider'>;
  readonly consumers: readonly PlannedConsumer[];
  readonly replays: readonly ReplayPlan[];
  readonly queues: readonly QueueModel[];
  /** Of the user and of the plugin. */
  readonly resources: Resources;
  readonly settings: WatchSettings;
  readonly naming: Naming;
  readonly region: string;
}

/** A function that the service has, as metrics know it. */
export interface WatchedFunction {
  readonly kind: 'consumer' | 'replay';
  /** As serverless.yml has it. */
  readonly name: string;
  /** Of logical IDs. */
  readonly idPart: string;
  /** What gives the name that Lambda knows. */
  readonly reference: unknown;
  /** Undefined: not known, or of a replay. */
  readonly consumer: string | undefined;
  /** The age at which the first of its mappings, or the stream, lets a record go. */
  readonly givenUpAfterSeconds: number;
  /** Undefined: it writes no logs. */
  readonly logGroup: unknown;
}

export interface WatchedMapping {
  readonly functionName: string;
  /** The table's logical ID or name, or what the import is called. */
  readonly stream: string;
  readonly logicalId: string;
  readonly hasDestination: boolean;
}

export interface WatchedQueue {
  readonly idPart: string;
  /** For people. */
  readonly label: string;
  /** What gives the name that SQS knows. */
  readonly name: unknown;
  readonly url: unknown;
  /** Undefined: not known. */
  readonly retentionSeconds: number | undefined;
  /** How old records may be when their pointer is written, at the worst; undefined: no pointers come here. */
  readonly recordsGivenUpAfterSeconds: number | undefined;
}

export const watchedFunctions = ({
  service: { functions, provider },
  consumers,
  replays,
  naming,
}: WatchParts): readonly WatchedFunction[] => {
  const known = (name: string) => {
    const reference = { Ref: naming.getLambdaLogicalId(name) };
    const logGroup = logGroupOf(functions[name] ?? {}, provider, reference);
    return { name, idPart: naming.getNormalizedFunctionName(name), reference, logGroup };
  };
  return [
    ...consumers.map(({ model }) => ({
      kind: 'consumer' as const,
      ...known(model.name),
      consumer: model.consumer,
      givenUpAfterSeconds: Math.min(...model.mappings.map(givenUpAfter)),
    })),
    ...replays.map(({ model: { name } }) => ({
      kind: 'replay' as const,
      ...known(name),
      consumer: undefined,
      givenUpAfterSeconds: streamRetentionSeconds,
    })),
  ];
};

/** -1 is unlimited, and then the stream ends it. */
export const givenUpAfter = ({
  maximumRecordAgeSeconds: age,
}: {
  readonly maximumRecordAgeSeconds: number;
}): number => (age < 0 ? streamRetentionSeconds : Math.min(age, streamRetentionSeconds));

function logGroupOf(config: FunctionConfig, provider: ProviderConfig, reference: unknown): unknown {
  if (config.disableLogs === true) return undefined;
  const ofService = isObject(provider.logs) ? provider.logs['lambda'] : undefined;
  const [own] = [config.logs, ofService].flatMap((logs) => (isObject(logs) ? (logs['logGroup'] ?? []) : []));
  return own ?? joined('/aws/lambda/', reference);
}

export const watchedMappings = ({ consumers, naming }: WatchParts): readonly WatchedMapping[] =>
  consumers.flatMap(({ plan, source }) =>
    source.mappings.map(({ table }, index) => {
      const stream = streamName(table.streamArn);
      return {
        functionName: plan.name,
        stream,
        logicalId: naming.getStreamLogicalId(plan.name, 'dynamodb', stream),
        hasDestination: plan.streams[index]?.['destinations'] != null,
      };
    }),
  );

/** By which the framework names a mapping: `compile/events/stream.js` of osls, the same in serverless 3. */
export function streamName(streamArn: unknown): string {
  if (typeof streamArn === 'string') return streamArn.split('/')[1] ?? '';
  const { 'Fn::ImportValue': imported, 'Fn::Join': join } = isObject(streamArn) ? streamArn : {};
  const parts: readonly unknown[] = Array.isArray(join) && Array.isArray(join[1]) ? join[1] : [];
  const last = parts.at(-1);
  const name = referenceIn(streamArn)?.logicalId ?? imported ?? last;
  return typeof name === 'string' ? (name.split('/').at(-1) ?? '') : '';
}
