import { InvalidOptionError, UnreadableRecordError } from '../../errors.ts';
import type { Literal, Pattern } from '../../routing/where.ts';
import { absent, endsWith, exists, not, oneOf, startsWith } from '../../routing/where.ts';
import { decodeNumber } from '../../stream/number.ts';

/** What `--where` asks of a top-level attribute. */
export interface Condition {
  readonly name: string;
  readonly pattern: Pattern;
}

/** What `--help` says about `--where`. */
export const conditionFormat = `--where takes, for a top-level attribute:
  status=paid    is "paid"; 5, true and null mean the number, boolean and null as well
  status!=paid   is not that, or not there
  pk^=ORDER#     is a string that begins so
  sk$=#SUMMARY   is a string that ends so
  email?         is there
  email!?        is not there
All of them must match one image of the item; of a MODIFY it is enough if either image matches.`;

const comparison = /^(?<name>.+?)(?<operator>\^=|\$=|!=|=)(?<operand>.*)$/s;
const presence = /^(?<name>.+?)(?<operator>!?\?)$/s;

/** @throws InvalidOptionError that says what can be written */
export function readCondition(text: string): Condition {
  const { name, operator = '', operand = '' } = (comparison.exec(text) ?? presence.exec(text))?.groups ?? {};
  const pattern = patterns.get(operator)?.(operand);
  if (name === undefined || pattern === undefined)
    throw new InvalidOptionError(
      'It takes NAME=VALUE, NAME!=VALUE, NAME^=PREFIX, NAME$=SUFFIX, NAME? or NAME!?.',
    );
  return { name, pattern };
}

const patterns = new Map<string, (operand: string) => Pattern>([
  ['=', equal],
  ['!=', (operand) => not(equal(operand))],
  ['^=', (operand) => startsWith(filled(operand))],
  ['$=', (operand) => endsWith(filled(operand))],
  ['?', exists],
  ['!?', absent],
]);

function filled(operand: string): string {
  if (operand === '')
    throw new InvalidOptionError('Every string begins and ends with nothing: write a prefix or suffix.');
  return operand;
}

const constants = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** A word on the command line has no type, so it means all that could be written so. */
function equal(operand: string): Pattern {
  const other = constants.has(operand) ? constants.get(operand) : numberIn(operand);
  return other === undefined ? operand : oneOf(operand, other);
}

/** Undefined for a number that only {@link decodeNumber}'s third form holds: no literal of a pattern can be that. */
function numberIn(text: string): number | bigint | undefined {
  try {
    const number = decodeNumber(text);
    return typeof number === 'object' ? undefined : number;
  } catch (error) {
    if (error instanceof UnreadableRecordError) return undefined;
    throw error;
  }
}
