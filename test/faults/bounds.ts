import { expect } from 'vitest';
import { isSettled } from '../../src/processing/outcome.ts';
import type { LogEntry, TestChange } from './work-off.ts';

type Told = Extract<LogEntry, { readonly kind: 'told' }>;

/** Nothing lost, nothing twice, nothing out of order. */
export function expectEachOnceInOrder(log: readonly LogEntry[], changes: readonly TestChange[]): void {
  expect(runsByItem(log)).toEqual(runsByItem(changes));
}

/** Nothing lost: each change ran, and not before the one before it had; and each was told as settled. */
export function expectNothingLost(log: readonly LogEntry[], changes: readonly TestChange[]): void {
  const firstRuns = mapValues(runsByItem(log), (numbers) => [...new Set(numbers)]);
  expect(firstRuns).toEqual(runsByItem(changes));
  expectAllSettled(log, changes);
}

export function expectAllSettled(log: readonly LogEntry[], changes: readonly TestChange[]): void {
  const settled = new Set(log.filter(isSettling).map(nameOf));
  expect(settled).toEqual(new Set(changes.map(nameOf)));
}

/** In no delivery does a change run twice, or after a later one of its item. */
export function expectOrderInDeliveries(log: readonly LogEntry[]): void {
  for (const delivery of new Set(log.map((entry) => entry.delivery))) {
    const runs = runsByItem(log.filter((entry) => entry.delivery === delivery));
    expect(runs).toEqual(mapValues(runs, (numbers) => [...new Set(numbers)].toSorted((a, b) => a - b)));
  }
}

/** No item goes backwards: a change may run again, but not once a later one has run. */
export function expectOrderThroughout(log: readonly LogEntry[]): void {
  const runs = runsByItem(log);
  expect(runs).toEqual(mapValues(runs, (numbers) => numbers.toSorted((a, b) => a - b)));
}

/**
 * What is told as settled never runs again. So a change runs twice only if it was told as not settled in between: its run
 * had ended, but that the ledger knew of it could not be learnt in the time there was.
 */
export function expectNoRunAfterSettled(log: readonly LogEntry[]): void {
  const settled = new Set<string>();
  const again: LogEntry[] = [];
  for (const entry of log) {
    if (entry.kind === 'told' && isSettled(entry.outcome)) settled.add(nameOf(entry));
    if (entry.kind === 'run' && settled.has(nameOf(entry))) again.push(entry);
  }
  expect(again).toEqual([]);
}

const isSettling = (entry: LogEntry): entry is Told => entry.kind === 'told' && isSettled(entry.outcome);
const nameOf = ({ pk, n }: TestChange): string => `${pk} ${n}`;

/** The numbers of the changes that were run, item by item, in the order of the runs. */
function runsByItem(log: readonly (TestChange | LogEntry)[]): Readonly<Record<string, readonly number[]>> {
  const runs = log.filter((entry) => !('kind' in entry) || entry.kind === 'run');
  return mapValues(
    Object.groupBy(runs, ({ pk }) => pk),
    (entries = []) => entries.map(({ n }) => n),
  );
}

const mapValues = <Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Readonly<Record<string, Result>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
