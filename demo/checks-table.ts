import Table from 'cli-table3';
import type { Check } from './checks.ts';
import { holds } from './checks.ts';
import type { Paint } from './paint.ts';

/** The table that the demo ends with, and under it what is wrong. */
export function checksTable(checks: readonly Check[], paint: Paint): string {
  const table = new Table({
    head: ['', 'found', 'expected', '', 'checked against'].map((title) => paint('bold', title)),
    colAligns: ['left', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const check of checks) {
    const { what, found, expected, source } = check;
    const mark = holds(check) ? paint('green', '✔') : paint('red', '✘');
    table.push([what, inGroups(found), inGroups(expected), mark, paint('dim', source)]);
  }
  const complaints = checks.filter((check) => !holds(check)).flatMap((check) => complaintOf(check, paint));
  return [table.toString(), ...complaints, ''].join('\n');
}

const mostShown = 10;

function complaintOf({ what, found, expected, wrong }: Check, paint: Paint): readonly string[] {
  const more = wrong.length - mostShown;
  return [
    paint('red', `✘ ${what}: ${found} in place of ${expected}`),
    ...wrong.slice(0, mostShown).map((one) => `    ${one}`),
    ...(more > 0 ? [`    … and ${more} more`] : []),
  ];
}

const inGroups = (number: number): string => number.toLocaleString('en');
