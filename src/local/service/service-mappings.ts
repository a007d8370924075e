import { InvalidOptionError, LocalStackError } from '../../errors.ts';
import type { EventSourceMappingOptions } from '../mapping/mapping-options.ts';
import { mappingSettings } from '../mapping/mapping-settings.ts';
import type { EventSourceMapping } from '../mapping/start-event-source-mapping.ts';
import { startEventSourceMapping } from '../mapping/start-event-source-mapping.ts';
import type { Checkpoints } from '../stream/checkpoints.ts';
import type { FunctionPlan, PlannedFunction, PlannedMapping } from '../template/function-plan.ts';
import type { ExpiredItems } from './expired-items.ts';
import type { ServiceFunctions } from './service-functions.ts';
import type { ServiceOptions } from './service-options.ts';

interface Entry {
  readonly signature: string;
  readonly functionName: string;
  readonly mapping: EventSourceMapping;
}

/** The mappings of a service, by stream and function. */
export interface ServiceMappings {
  /**
   * Touches nothing.
   * @throws InvalidOptionError for a setting that Lambda refuses, in its words, naming the mapping
   * @throws LocalStackError for two mappings of one stream to one function, which Lambda refuses too
   */
  readonly check: (plan: FunctionPlan) => void;
  /** Starts what is new, starts anew, where it was, what has other settings, and ends what is no longer there. */
  readonly apply: (plan: FunctionPlan) => Promise<void>;
  /** Ends the waits before further tries of these functions, for they have other code now. */
  readonly retryNow: (functionNames: ReadonlySet<string>) => void;
  readonly checkpoints: () => Readonly<Record<string, Checkpoints>>;
  readonly untilCaughtUp: () => Promise<void>;
  readonly stop: (options?: { readonly abandon?: boolean }) => Promise<void>;
}

export interface ServiceMappingsParts extends Pick<
  ServiceOptions,
  'stack' | 'clock' | 'onInvocation' | 'onGivenUp' | 'onError'
> {
  readonly kept: Readonly<Record<string, Checkpoints>>;
  readonly expired: ExpiredItems;
  readonly invokerOf: ServiceFunctions['invokerOf'];
}

export function createServiceMappings(parts: ServiceMappingsParts): ServiceMappings {
  const entries = new Map<string, Entry>();
  const kept = new Map(Object.entries(parts.kept));

  const optionsOf = ({ mapping, functionName }: Keyed): EventSourceMappingOptions => ({
    ...(mapping.settings as Pick<EventSourceMappingOptions, 'StartingPosition'>),
    EventSourceArn: mapping.source.streamArn,
    FunctionName: functionName,
    invoke: { invoke: parts.invokerOf(mapping.functionLogicalId) },
    stack: parts.stack,
    mapRecord: parts.expired.mark,
    ...(parts.clock && { clock: parts.clock }),
    onInvocation: (report) => parts.onInvocation(functionName, report),
    onGivenUp: (pointer) => parts.onGivenUp(functionName, pointer),
    onError: parts.onError,
  });
  const start = async (key: string, next: Keyed): Promise<void> => {
    const resumeFrom = kept.get(key);
    const options = { ...optionsOf(next), ...(resumeFrom && { resumeFrom }) };
    const { logicalId } = next.mapping;
    const mapping = await startEventSourceMapping(options).catch((cause: unknown) => {
      throw new LocalStackError(`The mapping ${logicalId} cannot be started.`, { cause });
    });
    entries.set(key, { signature: JSON.stringify(next), functionName: next.functionName, mapping });
  };
  const end = async (key: string, { mapping }: Entry) => {
    entries.delete(key);
    await mapping.stop({ abandon: true });
    kept.set(key, mapping.checkpoints());
  };

  return {
    check: ({ mappings, functions }) => {
      for (const keyed of byKey(mappings, functions).values()) checkSettings(keyed, optionsOf(keyed));
    },
    apply: async ({ mappings, functions }) => {
      const planned = byKey(mappings, functions);
      for (const [key, entry] of entries) {
        const next = planned.get(key);
        if (!next || JSON.stringify(next) !== entry.signature) await end(key, entry);
      }
      // The others run, whatever becomes of one.
      const started = await Promise.allSettled(
        [...planned].filter(([key]) => !entries.has(key)).map(([key, next]) => start(key, next)),
      );
      for (const one of started) if (one.status === 'rejected') throw one.reason;
    },
    retryNow: (functionNames) => {
      for (const { functionName, mapping } of entries.values())
        if (functionNames.has(functionName)) mapping.retryNow();
    },
    checkpoints: () => ({
      ...Object.fromEntries(kept),
      ...Object.fromEntries([...entries].map(([key, { mapping }]) => [key, mapping.checkpoints()])),
    }),
    untilCaughtUp: async () => {
      const enabled = [...entries.values()].filter(({ mapping }) => mapping.state() === 'Enabled');
      await Promise.all(enabled.map(({ mapping }) => mapping.untilCaughtUp()));
    },
    stop: async (how) => {
      await Promise.all([...entries.values()].map(({ mapping }) => mapping.stop(how)));
    },
  };
}

interface Keyed {
  readonly mapping: PlannedMapping;
  readonly functionName: string;
}

function checkSettings({ mapping }: Keyed, options: EventSourceMappingOptions): void {
  try {
    mappingSettings(options);
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error;
    throw new InvalidOptionError(`The mapping ${mapping.logicalId} cannot be started. ${error.message}`);
  }
}

/** @throws LocalStackError for two mappings of one stream to one function, which Lambda refuses too */
function byKey(
  mappings: readonly PlannedMapping[],
  functions: readonly PlannedFunction[],
): ReadonlyMap<string, Keyed> {
  const names = new Map(functions.map(({ logicalId, name }) => [logicalId, name]));
  const keyed = new Map<string, Keyed>();
  for (const mapping of mappings) {
    const functionName = names.get(mapping.functionLogicalId) ?? mapping.functionLogicalId;
    const { streamArn } = mapping.source;
    const key = `${streamArn} ${functionName}`;
    const other = keyed.get(key)?.mapping.logicalId;
    if (other !== undefined)
      throw new LocalStackError(
        `The event source arn (" ${streamArn} ") and function (" ${functionName} ") provided mapping already ` +
          `exists. ${mapping.logicalId} is the second one; remove it or ${other}.`,
      );
    keyed.set(key, { mapping, functionName });
  }
  return keyed;
}
