import type { EventConfig, FrameworkService, FunctionConfig, ProviderConfig } from './framework.ts';
import type { LoadedHandler } from './load/load-report.ts';
import type { TableSource } from './mapping/table-source.ts';

/** A function with spillway events, and what its code says. */
export interface SpillwayFunction {
  /** As serverless.yml has it. */
  readonly name: string;
  readonly file: string;
  readonly config: FunctionConfig;
  readonly handler: LoadedHandler;
  readonly mappings: readonly GivenMapping[];
}

/** A spillway event: its table found, and the options beside it. */
export interface GivenMapping {
  readonly table: TableSource;
  readonly given: EventConfig;
}

export const spillwayEvents = ({ events }: FunctionConfig): readonly unknown[] =>
  (events ?? []).flatMap((event) => (Object.hasOwn(event, 'spillway') ? [event['spillway']] : []));

/** The functions that have any, with their names. */
export const functionsWithEvents = ({
  functions,
}: Pick<FrameworkService, 'functions'>): readonly (readonly [string, FunctionConfig])[] =>
  Object.entries(functions).filter(([, config]) => spillwayEvents(config).length > 0);

/** The variables that the user has written, of the service and over them of the function. */
export const givenEnvironment = (
  provider: Pick<ProviderConfig, 'environment'>,
  { environment }: Pick<FunctionConfig, 'environment'>,
): Readonly<Record<string, unknown>> => ({ ...provider.environment, ...environment });

/** The framework's own default. */
const defaultTimeoutSeconds = 6;

export const timeoutOf = (
  { timeout }: Pick<FunctionConfig, 'timeout'>,
  provider: Pick<ProviderConfig, 'timeout'>,
): number => timeout ?? provider.timeout ?? defaultTimeoutSeconds;
