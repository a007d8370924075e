/** What stands in a variable whose value only CloudFormation will know. Spillway's own look like what they are for. */
export const placeholders = {
  SPILLWAY_LEDGER_TABLE: 'spillway-ledger-known-when-deployed',
  SPILLWAY_DLQ_URL: 'https://sqs.invalid/000000000000/spillway-letters-known-when-deployed',
} as const;

const unknownValue = 'known-when-deployed';

/**
 * The variables that a handler finds while it is loaded: those of the function, and of Lambda's own only the region. Without
 * the others Spillway knows that it is not on Lambda, and makes no clients.
 */
export const loaderEnvironment = (
  given: Readonly<Record<string, unknown>>,
  region: string,
): Readonly<Record<string, string>> => ({
  AWS_REGION: region,
  ...placeholders,
  ...Object.fromEntries(
    Object.entries(given).map(([name, value]): [string, string] => [name, literalIn(value, name)]),
  ),
});

function literalIn(value: unknown, name: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  return Object.hasOwn(placeholders, name) ? placeholders[name as keyof typeof placeholders] : unknownValue;
}

export const isPlaceholder = (value: string): boolean => Object.values<string>(placeholders).includes(value);
