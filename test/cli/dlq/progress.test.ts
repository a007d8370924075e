import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../src/cli/dlq/progress.ts';

function stream(isTTY: boolean) {
  let text = '';
  const stderr = new Writable({
    decodeStrings: false,
    write: (chunk: string, _, done) => {
      text += chunk;
      done();
    },
  });
  if (isTTY) Object.assign(stderr, { isTTY, columns: 120 });
  return { io: { stderr: stderr as unknown as NodeJS.WriteStream }, text: () => text };
}

describe('progress', () => {
  it('is a line every few seconds where there is no terminal, and none for what is soon over', () => {
    let now = 0;
    const { io, text } = stream(false);
    const progress = createProgress(io, 'reading', () => now);
    for (now = 0; now <= 12_000; now += 100) progress.update(now / 10, 2_400);
    progress.stop();
    expect(text()).toBe(
      'reading: 500 of 2,400, 100/s, 19 s left\nreading: 1,000 of 2,400, 100/s, 14 s left\n',
    );
  });

  it('is a bar at a terminal, with rate and time left, and is gone at the end', () => {
    let now = 0;
    const { io, text } = stream(true);
    const progress = createProgress(io, 'reading', () => now);
    progress.update(0, 100);
    now = 2_000;
    progress.update(50, 100);
    progress.say('a line that stays');
    progress.stop();
    progress.stop();
    expect(text()).toMatch(/reading [█░]+ 50 of 100, 25\/s, 2 s left/);
    expect(text()).toContain('a line that stays\n');
  });

  it('never puts the cursor back to where it was before a line that stays, and never cuts such a line', () => {
    const { io, text } = stream(true);
    const progress = createProgress(io, 'reading', () => 0);
    progress.update(0, 100);
    progress.say('a line that stays');
    // Of a handler, say.
    io.stderr.write('somebody else writes\n');
    progress.stop();
    const [save, restore, wrap, cut] = ['\u001b7', '\u001b8', '\u001b[?7h', '\u001b[?7l'];
    const savedAt = (end: number) => text().lastIndexOf(save, end);
    for (const { index } of text().matchAll(new RegExp(restore, 'g')))
      expect(text().slice(savedAt(index), index)).not.toContain('\n');
    const before = text().slice(0, text().indexOf('a line that stays'));
    expect(before.lastIndexOf(wrap)).toBeGreaterThan(before.lastIndexOf(cut));
  });

  it('counts the time from when the work began, and not what went before', () => {
    let now = 0;
    const { io, text } = stream(false);
    const progress = createProgress(io, 'replaying', () => now);
    now = 100_000;
    progress.update(0, 1_500);
    now = 110_000;
    progress.update(500, 1_500);
    expect(text()).toBe('replaying: 500 of 1,500, 50/s, 20 s left\n');
  });

  it('goes on although there is more than was expected', () => {
    let now = 0;
    const { io, text } = stream(false);
    const progress = createProgress(io, 'reading', () => now);
    progress.update(0, 100);
    now = 10_000;
    progress.update(300, 100);
    expect(text()).toBe('reading: 300 of 300, 30/s, 0 s left\n');
  });
});
