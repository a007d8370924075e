import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { CleanUp } from '../clean-up.ts';

/**
 * Keeps what a handler in this process says on its standard output (its log of failures, by default, and `console`) apart
 * from the command's own, which may be JSON that a program reads: line by line to `say`, or to nobody. It is the name
 * `process.stdout` that is given to the handler's code for another stream; the command writes to the one that it has, and
 * nothing of that stream is changed. What writes to the file descriptor itself, as some loggers do, is not caught.
 */
export function divertHandlerOutput(say: ((line: string) => void) | undefined, cleanUp: CleanUp): void {
  const stream = lineStream(say);
  const before = Object.getOwnPropertyDescriptor(process, 'stdout');
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: () => stream });
  const { console: consoleBefore } = globalThis;
  // It holds on to the streams that it has used first.
  globalThis.console = new Console({ stdout: stream, stderr: process.stderr });
  cleanUp.defer(() => {
    globalThis.console = consoleBefore;
    if (before !== undefined) Object.defineProperty(process, 'stdout', before);
  });
}

function lineStream(say: ((line: string) => void) | undefined): Writable {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  return new Writable({
    write(piece: Buffer, _, done) {
      const lines = `${begun}${decoder.write(piece)}`.split('\n');
      begun = lines.pop() ?? '';
      if (say) lines.forEach(say);
      done();
    },
  });
}
