import { InvalidArgumentError } from 'commander';
import { InvalidOptionError, SpillwayError } from '../errors.ts';

/** Commander says which option it was, and shows what was written. */
export function argument<Value>(read: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof SpillwayError)) throw error;
      throw new InvalidArgumentError(error.message);
    }
  };
}

export function collect<Value>(
  read: (text: string) => Value,
): (text: string, before?: readonly Value[]) => readonly Value[] {
  const readOne = argument(read);
  return (text, before = []) => [...before, readOne(text)];
}

/** @throws InvalidOptionError */
export function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new InvalidOptionError('It takes a whole number from 1 on.');
  return count;
}

/** @throws InvalidOptionError */
export function readUrl(text: string): string {
  if (!/^https?:/.test(URL.parse(text)?.protocol ?? ''))
    throw new InvalidOptionError('It takes a URL, such as http://localhost:8000.');
  return text;
}
