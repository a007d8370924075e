import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CommandIO } from '../../../src/cli/command-io.ts';
import type { ReplayReport, ReportOptions } from '../../../src/cli/dlq/replay-report.ts';
import { createReplayReport } from '../../../src/cli/dlq/replay-report.ts';
import type { ReplayedWork, ReplayEvent, ReplaySummary } from '../../../src/replay/engine/run-options.ts';

const clear = '\u001b[2J';

/** What a report writes to stdout and to stderr. */
function reported(tell: (report: ReplayReport) => void, options: Partial<ReportOptions> = {}) {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof texts) =>
    new Writable({
      decodeStrings: false,
      write(chunk: string, _, done) {
        texts[name] += chunk;
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  const io: CommandIO = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    environment: {},
    interrupted: new AbortController().signal,
  };
  const report = createReplayReport(io, {
    ...{ showKeys: false, showErrors: false, json: false, dryRun: false, now: () => 0 },
    ...options,
  });
  tell(report);
  report.stop();
  return texts;
}

const work: ReplayedWork = {
  ...{ messageId: 'm', id: 'l', source: 'letter', table: 'Shop', eventName: 'INSERT' },
  ...{ route: 'tell-customer', sequenceNumber: '1', keys: { pk: { S: 'A' } }, place: 0 },
};

type Ran = Extract<ReplayEvent, { readonly kind: 'ran' }>;
const ran = (outcome: Ran['outcome'], errorName?: string, errorMessage?: string): Ran => ({
  ...{ kind: 'ran', work, outcome, errorName, errorMessage, done: 1, total: 1 },
});

const summary: ReplaySummary = {
  ...{ selected: 1, settled: 1, left: 0, outcomes: {}, foreign: 0, durationMs: 2_000 },
  wasInterrupted: false,
};
const summaryOf = (given: Partial<ReplaySummary>, options: Partial<ReportOptions> = {}) =>
  reported(({ end }) => end({ ...summary, ...given }), options)
    .stdout.trimEnd()
    .split('\n');

describe('the report of a replay', () => {
  it('shows no word of a letter that a terminal obeys, and no "undefined"', () => {
    const { stderr } = reported(({ onEvent }) => {
      onEvent({ kind: 'trouble', what: `letter ${clear} failed again`, error: undefined });
      onEvent({ kind: 'left', messageId: 'm', why: `the table "${clear}" is not there` });
      onEvent(ran('refused', 'ReplayError', clear));
    });
    expect(stderr).not.toContain('\u001b');
    expect(stderr).not.toContain('undefined');
    expect(stderr).toContain('letter \\u001b[2J failed again\n');
  });

  it.each([
    ['stale', 'StaleLetterError', 'the table "Shop" could not be read (AccessDeniedException)'],
    ['stale', 'StaleLetterError', 'its item has changed since'],
    ['failed', 'ReplayError', 'deploy the function with this version'],
    ['failed', 'LedgerError', 'the ledger (table Ledger) could not be read'],
    ['blocked', 'ItemParkedError', 'an earlier change of this item lies in the dead letters'],
  ] as const)('says in its own words why nothing ran: %s, %s, %s', (outcome, name, message) => {
    expect(reported(({ onEvent }) => onEvent(ran(outcome, name, message))).stderr).toContain(
      `${name}: ${message}`,
    );
    const { stdout } = reported(({ onEvent }) => onEvent(ran(outcome, name, message)), { json: true });
    expect(JSON.parse(stdout)).toMatchObject({ outcome, errorName: name, errorMessage: message });
  });

  it("shows no handler's words unless they are asked for", () => {
    const tell = ({ onEvent }: ReplayReport) => onEvent(ran('failed', 'PermanentError', 'the secret'));
    expect(reported(tell).stderr).toMatch(/PermanentError\n$/);
    expect(reported(tell, { json: true }).stdout).not.toContain('secret');
    expect(reported(tell, { showErrors: true }).stderr).toContain('PermanentError: the secret\n');
  });

  it('tells apart in its table what has changed and what could not be looked at', () => {
    const { stdout } = reported(({ onEvent, end }) => {
      onEvent(ran('stale', 'StaleLetterError', 'its item has changed since'));
      onEvent(ran('stale', 'StaleLetterError', 'the table "Shop" could not be read'));
      end(summary);
    });
    expect(stdout.split('\n')[1]).toBe(
      'tell-customer\t0\t0\t2\t0\t2\tits item has changed since (1), the table "Shop" could not be read (1)',
    );
  });

  it('says once for many what Spillway says alike, and how many more there were', () => {
    const { stderr } = reported(({ onEvent, end }) => {
      for (let count = 0; count < 500; count += 1)
        onEvent(ran('failed', 'LedgerError', 'the ledger is gone'));
      onEvent(ran('failed', 'TypeError', 'a word'));
      end(summary);
    });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(13);
    expect(lines.at(-2)).toContain('TypeError');
    expect(lines.at(-1)).toBe('490 more lines: failed LedgerError: the ledger is gone');
  });

  it("caps handlers' failures at a hundred lines a reason, whatever words are shown", () => {
    const { stderr } = reported(
      ({ onEvent }) => {
        for (let count = 0; count < 500; count += 1) onEvent(ran('failed', 'TypeError', `word ${count}`));
      },
      { showErrors: true },
    );
    expect(stderr.trimEnd().split('\n')).toHaveLength(101);
  });

  it('says that it waits when that changes, and not each time it looks', () => {
    const { stderr } = reported(({ onEvent }) => {
      for (const inFlight of [5, 5, 5, 3]) onEvent({ kind: 'waiting', inFlight, longestMs: 120_000 });
    });
    expect(stderr.match(/Somebody has \d+ messages/g)).toEqual([
      'Somebody has 5 messages',
      'Somebody has 3 messages',
    ]);
  });

  it('shows keys as plain values in JSON', () => {
    const { stdout } = reported(({ onEvent }) => onEvent(ran('handled')), { json: true, showKeys: true });
    expect(JSON.parse(stdout)).toMatchObject({ keys: { pk: 'A' } });
  });

  it('has a row for what was not run', () => {
    const [, row] = summaryOf({ left: 1, outcomes: { 'not run': 3 } });
    expect(row).toBe('(not run)\t0\t0\t0\t0\t3\t');
  });

  it.each([
    [{ settled: 2, selected: 2 }, {}, '2 of 2 messages settled in 2 s; nothing is left.'],
    [
      { settled: 2, selected: 2 },
      { max: 2 },
      '2 of 2 messages settled in 2 s; nothing of these is left. There may be more in the queue: --max was 2.',
    ],
    [{ selected: 0, settled: 0 }, {}, 'There was nothing to replay.'],
    [
      { selected: 0, settled: 0, wasInterrupted: true },
      {},
      'It was interrupted before anything was begun: nothing was done.',
    ],
  ])('ends with what it came to: %j %j', (given, options, line) => {
    expect(summaryOf(given, options)).toEqual([line]);
  });

  it('says that a pointer which is settled has left letters behind', () => {
    expect(summaryOf({ outcomes: { 'dead-lettered': 2 } }).at(-1)).toBe(
      '2 records of batches could not be handled and are letters of their own in the queue now: `spillway dlq list` shows why.',
    );
  });

  it('speaks of one message in the singular', () => {
    expect(summaryOf({ foreign: 1 }).at(-1)).toBe(
      '1 message is not for Spillway, or cannot be read, and was left as it is.',
    );
    expect(summaryOf({ delayed: 1 })[1]).toMatch(/^1 message is delayed: the queue gives it to nobody/);
  });
});
