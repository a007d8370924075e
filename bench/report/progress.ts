import cliProgress from 'cli-progress';

/** Tells on standard error how far it is: standard output is for the table. */
export interface Progress {
  step(what: string): void;
  stop(): void;
}

export function createProgress(steps: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barOf(steps, stream) : linesOf(steps, stream);
}

function barOf(steps: number, stream: NodeJS.WriteStream): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{bar} {value}/{total} {what}',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(steps, 0, { what: '' });
  return { step: (what) => bar.increment(1, { what }), stop: () => bar.stop() };
}

function linesOf(steps: number, stream: NodeJS.WriteStream): Progress {
  let done = 0;
  return {
    step(what) {
      done += 1;
      stream.write(`${done}/${steps} ${what}\n`);
    },
    stop: () => undefined,
  };
}
