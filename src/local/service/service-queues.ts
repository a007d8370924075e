import type { SQSClient } from '@aws-sdk/client-sqs';
import { InvalidOptionError } from '../../errors.ts';
import { systemClock } from '../clock.ts';
import type { QueueSettings } from '../queue/queue-settings.ts';
import { queueSettings } from '../queue/queue-settings.ts';
import type { QueueMapping } from '../queue/start-queue-mapping.ts';
import { startQueueMapping } from '../queue/start-queue-mapping.ts';
import type { FunctionPlan, PlannedQueueMapping } from '../template/function-plan.ts';
import type { ResourcePlan } from '../template/resource-plan.ts';
import type { ServiceFunctions } from './service-functions.ts';
import type { ServiceOptions } from './service-options.ts';

/** The mappings of a service's queues, each with its settings. */
export type CheckedQueueMappings = readonly {
  readonly mapping: PlannedQueueMapping;
  readonly functionName: string;
  readonly settings: QueueSettings;
}[];

export interface ServiceQueues {
  /** Touches nothing. @throws InvalidOptionError for a setting that Lambda refuses, naming the mapping */
  readonly check: (plan: FunctionPlan, resources: ResourcePlan) => CheckedQueueMappings;
  /** Starts what is new or has other settings, and ends what is no longer there. */
  readonly apply: (checked: CheckedQueueMappings, urls: ReadonlyMap<string, string>) => Promise<void>;
  readonly stop: QueueMapping['stop'];
}

export interface ServiceQueuesParts extends Pick<ServiceOptions, 'clock' | 'onInvocation' | 'onError'> {
  readonly sqs: SQSClient;
  readonly region: string;
  readonly invokerOf: ServiceFunctions['invokerOf'];
}

export function createServiceQueues(parts: ServiceQueuesParts): ServiceQueues {
  const { clock = systemClock, sqs, region, onError } = parts;
  /** By what it was started from, settings and all. */
  const entries = new Map<string, QueueMapping>();
  return {
    check: ({ queueMappings, functions }, { queues }) =>
      queueMappings.map((mapping) => {
        const invoked = functions.find(({ logicalId }) => logicalId === mapping.functionLogicalId);
        const attributes = queues.find(({ logicalId }) => logicalId === mapping.queueLogicalId)?.attributes;
        const settings = named(mapping.logicalId, () =>
          queueSettings(mapping.settings, {
            isFifo: attributes?.['FifoQueue'] === 'true',
            visibilityTimeoutSeconds: Number(attributes?.['VisibilityTimeout'] ?? defaultVisibilitySeconds),
            functionTimeoutSeconds: invoked?.timeoutSeconds ?? 0,
          }),
        );
        return { mapping, functionName: invoked?.name ?? mapping.functionLogicalId, settings };
      }),
    apply: async (checked, urls) => {
      const planned = new Map(checked.map((one) => [JSON.stringify([one.mapping, one.functionName]), one]));
      const gone = [...entries].filter(([key]) => !planned.has(key));
      gone.forEach(([key]) => entries.delete(key));
      await Promise.all(gone.map(([, entry]) => entry.stop({ abandon: true })));
      for (const [key, { mapping, functionName, settings }] of planned) {
        if (entries.has(key)) continue;
        const started = startQueueMapping({
          sqs,
          queueUrl: urls.get(mapping.queueLogicalId) ?? '',
          queueArn: mapping.queueArn,
          region,
          settings,
          invoke: parts.invokerOf(mapping.functionLogicalId),
          clock,
          onInvocation: (report) => parts.onInvocation(functionName, report),
          onError,
        });
        entries.set(key, started);
      }
    },
    stop: async (how) => {
      await Promise.all([...entries.values()].map((entry) => entry.stop(how)));
    },
  };
}

/** That of SQS. */
const defaultVisibilitySeconds = 30;

function named<Value>(logicalId: string, settle: () => Value): Value {
  try {
    return settle();
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error;
    throw new InvalidOptionError(`The mapping ${logicalId} cannot be started. ${error.message}`);
  }
}
