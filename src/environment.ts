import { MissingEnvironmentError } from './errors.ts';

/** The environment variables that Spillway's defaults rest on, the one by which Lambda is known, and Powertools' switch. */
export type EnvironmentVariable =
  | 'SPILLWAY_LEDGER_TABLE'
  | 'SPILLWAY_DLQ_URL'
  | 'SPILLWAY_CONSUMER'
  /** Of a function that replays: `shop-prod-orders=orders,shop-prod-totals=totals`, functions and their consumers. */
  | 'SPILLWAY_FUNCTIONS'
  | 'AWS_LAMBDA_FUNCTION_NAME'
  | 'POWERTOOLS_IDEMPOTENCY_DISABLED';

/** The one place where Spillway reads the environment. An empty variable is one that is not set. */
export const fromEnvironment = (name: EnvironmentVariable): string | undefined =>
  process.env[name]?.trim() || undefined;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export const isLambda = (): boolean => fromEnvironment('AWS_LAMBDA_FUNCTION_NAME') !== undefined;

export const missing = (name: EnvironmentVariable, remedy: string): MissingEnvironmentError =>
  new MissingEnvironmentError(`the environment variable ${name} is not set. ${remedy}`);

/**
 * A variable that is needed where the function runs, and not where it is only looked at: on Lambda a missing one throws.
 * @throws MissingEnvironmentError
 */
export function fromEnvironmentAtInit(name: EnvironmentVariable, remedy: string): string | undefined {
  const value = fromEnvironment(name);
  if (value === undefined && isLambda()) throw missing(name, remedy);
  return value;
}
