import { Presets, SingleBar } from 'cli-progress';

/** Shows how far the demo is; nothing of what is shown here goes into the check. */
export interface Progress {
  readonly written: (changes: number) => void;
  readonly handled: () => void;
  /** Calling it again is harmless. */
  readonly stop: () => void;
}

/** A bar where somebody looks at a terminal, else a line each second. */
export function createProgress(stream: NodeJS.WriteStream, total: number): Progress {
  const { show, stop } = stream.isTTY ? bar(stream, total) : lines(stream, total);
  let [written, handled, isStopped] = [0, 0, false];
  return {
    written: (changes) => {
      written = changes;
      show(written, handled);
    },
    handled: () => {
      handled += 1;
      show(written, handled);
    },
    stop: () => {
      if (!isStopped) stop();
      isStopped = true;
    },
  };
}

interface Display {
  readonly show: (written: number, handled: number) => void;
  readonly stop: () => void;
}

function bar(stream: NodeJS.WriteStream, total: number): Display {
  const format = '{bar} {value} of {total} changes handled, {written} by customers';
  const single = new SingleBar({ stream, format, hideCursor: true, barsize: 30 }, Presets.shades_classic);
  single.start(total, 0, { written: 0 });
  return {
    show: (written, handled) => single.update(handled, { written }),
    stop: () => single.stop(),
  };
}

function lines(stream: NodeJS.WriteStream, total: number): Display {
  let line = '';
  const print = () => stream.write(line);
  const timer = setInterval(print, 1_000);
  return {
    show: (written, handled) => {
      line = `${handled} of ${total} changes handled, ${written} written by customers\n`;
    },
    stop: () => {
      clearInterval(timer);
      print();
    },
  };
}
