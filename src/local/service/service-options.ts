import type { Clock } from '../clock.ts';
import type { WarmUp } from '../function/start-function.ts';
import type { LogLine } from '../function/log-lines.ts';
import type { RequestReport } from '../http/start-http-api.ts';
import type { InvocationReport } from '../mapping/mapping-observers.ts';
import type { OnFailurePointer } from '../mapping/on-failure-pointer.ts';
import type { LocalStack } from '../stack/start-local-stack.ts';
import type { FunctionPlan } from '../template/function-plan.ts';
import type { ResourcePlan } from '../template/resource-plan.ts';

export interface ServiceObservers {
  /** The function by its name in AWS. */
  readonly onInvocation: (functionName: string, report: InvocationReport) => void;
  readonly onGivenUp: (functionName: string, pointer: OnFailurePointer) => void;
  /** A request to an HTTP API reached this function. Default: nobody is told. */
  readonly onRequest?: (functionName: string, report: RequestReport) => void;
  /** A line that a function wrote. */
  readonly onLine: (line: LogLine) => void;
  /** Something that goes on by itself, but should be known. */
  readonly onError: (error: Error) => void;
}

export interface ServiceOptions extends ServiceObservers {
  readonly stack: LocalStack;
  /** The template, in CloudFormation's JSON or YAML. */
  readonly templatePath: string;
  /** Default `local`. */
  readonly stackName?: string;
  /** Values of the template's parameters. Default none. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** A folder in which it is remembered how far the streams were read. Default: nowhere. */
  readonly dataDir?: string;
  /** The folder whose `node_modules` stand in for what Lambda brings along. Default: the working directory. */
  readonly sdkFrom?: string;
  /** Put over the environment of every function. Default none. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
}

/** What was found in the template and set up. */
export interface AppliedTemplate {
  readonly resources: ResourcePlan;
  readonly functions: FunctionPlan;
  /** URLs by the queue's logical ID. */
  readonly queueUrls: ReadonlyMap<string, string>;
  /** URLs by the HTTP API's logical ID. */
  readonly apiUrls: ReadonlyMap<string, string>;
  /** Functions, by name, that were started or have new code, each with whether its handler could be loaded. */
  readonly started: ReadonlyMap<string, WarmUp>;
}
