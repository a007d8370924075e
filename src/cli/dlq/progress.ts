import { Presets, SingleBar } from 'cli-progress';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { durationText, numberText } from './duration-text.ts';

/** How far long work is. What it writes goes to stderr, and leaves no trace on a terminal. */
export interface Progress {
  readonly update: (done: number, total: number) => void;
  /** Writes a line that stays. */
  readonly say: (line: string) => void;
  /** Calling it again is harmless. */
  readonly stop: () => void;
}

/** How often a line tells of progress where there is no terminal. */
const everyMs = 5_000;

/**
 * A bar where somebody looks at a terminal, else a line every few seconds: what is over sooner is not told of.
 * @param doing `reading`, say
 */
export const createProgress = (
  { stderr }: Pick<CommandIO, 'stderr'>,
  doing: string,
  now: () => number,
): Progress => (stderr.isTTY ? barProgress(stderr, doing, now) : lineProgress(stderr, doing, now));

function lineProgress(stderr: NodeJS.WriteStream, doing: string, now: () => number): Progress {
  const say = linesTo(stderr);
  const pace = createPaceText(now);
  let toldAt: number | undefined;
  return {
    update(done, total) {
      const text = pace(done, Math.max(done, total));
      if (now() - (toldAt ??= now()) < everyMs) return;
      toldAt = now();
      say(`${doing}: ${numberText(done)} of ${numberText(Math.max(done, total))}, ${text}`);
    },
    say,
    stop: () => undefined,
  };
}

function barProgress(stderr: NodeJS.WriteStream, doing: string, now: () => number): Progress {
  const pace = createPaceText(now);
  const bar = new SingleBar(
    {
      stream: stderr,
      format: `${doing} {bar} {value} of {total}, {pace}`,
      clearOnComplete: true,
      barsize: 25,
      // An end by Ctrl-C is the command's to make.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  /** What it shows; undefined: it does not. */
  let shown: readonly [total: number, done: number, payload: object] | undefined;
  let isStopped = false;
  const hide = () => {
    // It puts the cursor back to where it has saved it, and what was written since may have moved the lines up.
    stderr.write('\u001b7');
    bar.stop();
  };
  return {
    update(done, total) {
      if (isStopped) return;
      const about = Math.max(done, total);
      const payload = { pace: pace(done, about) };
      if (shown === undefined) bar.start(about, done, payload);
      shown = [about, done, payload];
      bar.setTotal(about);
      bar.update(done, payload);
    },
    say(line) {
      if (shown === undefined || isStopped) {
        linesTo(stderr)(line);
        return;
      }
      // While it is there, the terminal cuts long lines.
      hide();
      linesTo(stderr)(line);
      bar.start(...shown);
    },
    stop() {
      if (shown !== undefined && !isStopped) hide();
      isStopped = true;
    },
  };
}

/** `1,234/s, 12 s left`: since the first call, for what went before was another kind of work. */
function createPaceText(now: () => number): (done: number, total: number) => string {
  let first: { readonly done: number; readonly atMs: number } | undefined;
  return (done, total) => {
    first ??= { done, atMs: now() };
    const [count, elapsedMs] = [done - first.done, now() - first.atMs];
    if (count <= 0 || elapsedMs < 1) return 'begun';
    const perSecond = (count * 1_000) / elapsedMs;
    const rate = perSecond >= 10 ? numberText(Math.round(perSecond)) : perSecond.toFixed(1);
    return `${rate}/s, ${durationText(((total - done) * 1_000) / perSecond)} left`;
  };
}
