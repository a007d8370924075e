import { InvalidOptionError } from '../errors.ts';
import { isObject } from '../stream/record.ts';
import type { RecordFilter } from './compile-filter-pattern.ts';
import { compileFilterPattern } from './compile-filter-pattern.ts';
import { filterLimits } from './filter-limits.ts';
import { parseFilterPattern } from './parse-filter-pattern.ts';
import { refusePattern } from './refuse-pattern.ts';

/** What a mapping has under `FilterCriteria`.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FilterCriteria.html */
export interface FilterCriteria {
  readonly Filters?: readonly { readonly Pattern?: string | undefined }[] | undefined;
}

export interface FilterQuota {
  /** How many filters are allowed, 1 to 10. Default 5, the quota that an account of AWS starts with. */
  readonly filtersAtMost?: number;
}

/**
 * Makes a function that tells whether a record passes: it must match one of the filters. No criteria, and no filters in
 * them, let every record pass. For the form of the record and for how numbers compare, see `compileFilterPattern`.
 * @throws InvalidOptionError for more filters than allowed, and for a pattern that is wrong, as `parseFilterPattern` does
 */
export function compileFilterCriteria(
  criteria: FilterCriteria | undefined,
  { filtersAtMost = filterLimits.filtersByDefault }: FilterQuota = {},
): RecordFilter {
  checkQuota(filtersAtMost);
  const filters = filtersOf(criteria);
  checkCount(filters.length, filtersAtMost);
  const passes = filters.map((filter, index) => compileFilterPattern(patternOf(filter, index + 1)));
  if (passes.length === 0) return () => true;
  return (record) => {
    for (const pass of passes) if (pass(record)) return true;
    return false;
  };
}

function filtersOf(criteria: unknown): readonly unknown[] {
  if (criteria === undefined) return [];
  const filters = isObject(criteria) ? (criteria['Filters'] ?? []) : undefined;
  if (Array.isArray(filters)) return filters;
  throw new InvalidOptionError('FilterCriteria must be { Filters: [{ Pattern: "JSON text" }, ...] }.');
}

function patternOf(filter: unknown, member: number) {
  const pattern = isObject(filter) ? filter['Pattern'] : undefined;
  if (typeof pattern !== 'string')
    refusePattern({ member, path: [] }, 'the filter must have a Pattern, a string');
  return parseFilterPattern(pattern, member);
}

function checkQuota(filtersAtMost: number): void {
  const most = filterLimits.filtersAtMost;
  if (Number.isInteger(filtersAtMost) && filtersAtMost >= 1 && filtersAtMost <= most) return;
  throw new InvalidOptionError(
    `filtersAtMost is ${filtersAtMost}; allowed is a whole number from 1 to ${most}, the most that AWS grants.`,
  );
}

function checkCount(count: number, filtersAtMost: number): void {
  if (count <= filtersAtMost) return;
  const most = filterLimits.filtersAtMost;
  const remedy =
    count <= most
      ? `AWS raises its quota to ${most} on request, and only then are there more. Write fewer filters`
      : `AWS grants ${most} at most; write fewer filters`;
  throw new InvalidOptionError(
    `FilterCriteria has ${count} filters; allowed are ${filtersAtMost}. ${remedy}, with several values in an array or with $or.`,
  );
}
