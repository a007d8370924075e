import { InvalidOptionError } from '../../errors.ts';
import type { WithDefaults } from './mapping-settings.ts';

/** An error with the text that AWS's APIs have for a setting out of its bounds. */
export const failedConstraint = (
  setting: string,
  given: string | number | null,
  { constraint }: { readonly constraint: string },
): InvalidOptionError => {
  const name = `${setting[0]?.toLowerCase() ?? ''}${setting.slice(1)}`;
  const value = given === null ? 'null' : `'${given}'`;
  return new InvalidOptionError(
    `1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: ${constraint}`,
  );
};

/** The bounds that AWS's API definitions give. */
const bounds = {
  BatchSize: [1, 10_000],
  MaximumBatchingWindowInSeconds: [0, 300],
  ParallelizationFactor: [1, 10],
  MaximumRetryAttempts: [-1, 10_000],
  MaximumRecordAgeInSeconds: [-1, 604_800],
  TumblingWindowInSeconds: [0, 900],
} as const;

/** @throws InvalidOptionError for a number out of its bounds */
export function checkNumbers(given: Pick<WithDefaults, keyof typeof bounds>): void {
  for (const [setting, [least, most]] of Object.entries(bounds)) {
    const value = given[setting as keyof typeof bounds];
    if (!Number.isInteger(value))
      throw failedConstraint(setting, String(value), { constraint: 'Member must be a whole number' });
    if (value < least)
      throw failedConstraint(setting, value, {
        constraint: `Member must have value greater than or equal to ${least}`,
      });
    if (value > most)
      throw failedConstraint(setting, value, {
        constraint: `Member must have value less than or equal to ${most}`,
      });
  }
  const { MaximumRecordAgeInSeconds: age } = given;
  if (age >= 0 && age < 60)
    throw failedConstraint('MaximumRecordAgeInSeconds', age, {
      constraint: 'Member must be -1, or have value greater than or equal to 60',
    });
}
