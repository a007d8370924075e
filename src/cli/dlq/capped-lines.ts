import { countText } from './duration-text.ts';

/** Lines of which there may be hundreds that say the same. */
export interface CappedLines {
  /** @param most how many lines of a reason are said; the others are counted */
  readonly say: (reason: string, line: string, most: number) => void;
  /** Says how many were not said, and of what. */
  readonly end: () => void;
}

/** Reasons that are told apart; what comes beyond them is one. */
const mostReasons = 100;

export function createCappedLines(say: (line: string) => void): CappedLines {
  const counts = new Map<string, { readonly seen: number; readonly most: number }>();
  const beyond = 'of other kinds';
  return {
    say(reason, line, most) {
      const key = counts.has(reason) || counts.size < mostReasons ? reason : beyond;
      const seen = (counts.get(key)?.seen ?? 0) + 1;
      counts.set(key, { seen, most });
      if (seen <= most) say(line);
      if (seen === most) say(`More like the last one are counted, and not told of one by one.`);
    },
    end() {
      for (const [reason, { seen, most }] of counts)
        if (seen > most) say(`${countText(seen - most, 'more line')}: ${reason}`);
      counts.clear();
    },
  };
}
