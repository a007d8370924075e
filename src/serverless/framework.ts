/** Of the Serverless Framework as much as the plugin uses: what osls 4 and serverless 3 and 4 have in common. */
export interface Framework {
  readonly serviceDir: string;
  readonly service: FrameworkService;
  readonly pluginManager: { readonly plugins: readonly unknown[] };
  readonly configSchemaHandler: SchemaHandler;
  /** Errors of this class are shown without a stack. */
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  getProvider(name: 'aws'): AwsProvider;
}

export interface AwsProvider {
  getRegion(): string;
  readonly naming: Naming;
}

/** Of the logical IDs that the framework gives. */
export interface Naming {
  getRoleLogicalId(): string;
  getNormalizedFunctionName(functionName: string): string;
  getLambdaLogicalId(functionName: string): string;
  getStreamLogicalId(functionName: string, streamType: string, streamName: string): string;
}

/** The configuration with its variables resolved. The framework's own steps read it, so what the plugin adds goes here. */
export interface FrameworkService {
  readonly provider: ProviderConfig;
  readonly functions: Readonly<Record<string, FunctionConfig>>;
  resources?: { Resources?: Record<string, ResourceConfig> } | null;
  readonly custom?: Readonly<Record<string, unknown>> | null;
}

export interface ProviderConfig {
  readonly name: string;
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly logs?: unknown;
  readonly compiledCloudFormationTemplate?: { readonly Resources: Record<string, ResourceConfig> };
}

export interface FunctionConfig {
  readonly handler?: string;
  /** As Lambda will call it. */
  readonly name?: string;
  readonly timeout?: number;
  readonly role?: unknown;
  readonly esbuildEntrypoint?: string;
  readonly disableLogs?: boolean;
  readonly logs?: unknown;
  events?: EventConfig[] | null;
  environment?: Record<string, unknown> | null;
  tracing?: unknown;
  /** Of the plugin serverless-iam-roles-per-function. */
  iamRoleStatements?: unknown;
  iamRoleStatementsInherit?: unknown;
}

export type EventConfig = Readonly<Record<string, unknown>>;

export interface ResourceConfig {
  readonly Type?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

export interface SchemaHandler {
  readonly schema: unknown;
  defineFunctionEvent(provider: string, name: string, schema: object): void;
  defineCustomProperties(schema: { readonly properties: object }): void;
}

/** What a plugin may say. */
export interface FrameworkLog {
  readonly error: (text: string) => void;
  readonly warning: (text: string) => void;
  readonly notice: (text: string) => void;
}
