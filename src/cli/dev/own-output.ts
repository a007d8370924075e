import { fstatSync, statSync } from 'node:fs';

/**
 * Whether this process writes its own output into that file (`spillway dev > dev.out`): each line would be a change, and
 * each change a line.
 */
export function isOwnOutput(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file?.isFile()) return false;
  return [process.stdout.fd, process.stderr.fd].some((descriptor) => {
    try {
      const output = fstatSync(descriptor);
      return output.ino === file.ino && output.dev === file.dev;
    } catch {
      return false; // It is closed.
    }
  });
}
