import { setTimeout } from 'node:timers/promises';
import type { Observer } from 'spillway';
import type { Check } from './checks.ts';
import { checksOf, holds } from './checks.ts';
import { interruption } from './ctrl-c.ts';
import { giveUp } from './give-up.ts';
import { openShop } from './open-shop.ts';
import { painter } from './paint.ts';
import { perform, preparePlay } from './play.ts';
import { checksTable } from './checks-table.ts';
import { createProgress } from './progress.ts';
import { createScenario } from './scenario.ts';

const startedAt = performance.now();
const { stdout } = process;
const play = preparePlay(createScenario(), new Date());
/** A line for each failure. On Lambda they are CloudWatch's; here they would be in the way of the table. */
const log: string[] = [];
/** A healthy run takes a small part of it. */
const limitMs = 120_000;

try {
  stdout.write(
    'A shop on this machine: DynamoDB with its stream, a queue, and two functions attached.\n' +
      'Some orders are poison, some handlers fail, and each function has a batch delivered twice.\n\n',
  );
  process.exitCode = await run();
} catch (error) {
  giveUp('The demo could not be run.', error);
}

async function run(): Promise<number> {
  const interrupted = interruption();
  const progress = createProgress(stdout, play.changes);
  const observer: Observer = {
    onRecord: ({ consumer, outcome }) => {
      if (consumer === 'orders' && (outcome === 'handled' || outcome === 'dead-lettered')) progress.handled();
    },
  };
  try {
    await using shop = await openShop({
      loseResponseFrom: 20,
      observers: [observer],
      log: (line) => log.push(line),
    });
    const end = await Promise.race([
      perform(play, shop, progress.written),
      shop.died,
      interrupted,
      setTimeout(limitMs, 'late' as const, { ref: false }),
    ]);
    progress.stop();
    if (end === 'interrupted') return 130;
    if (end === 'late')
      throw new Error(
        `It is not done after ${limitMs / 1_000} s. The functions said last: ${log.at(-1) ?? ''}`,
      );
    if (end instanceof Error) throw end;
    return conclude(checksOf(end.facts, end.run));
  } finally {
    progress.stop();
  }
}

/** @returns the exit status */
function conclude(checks: readonly Check[]): number {
  const paint = painter(stdout);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const allHold = checks.every(holds);
  stdout.write(`\n${checksTable(checks, paint)}\n`);
  const verdict = allHold
    ? paint('green', 'Every change was handled once and in order, or lies in the queue.')
    : paint('red', 'What is marked is not as it should be.');
  const logged = process.argv.includes('--log')
    ? log.join('\n')
    : paint('dim', `The functions logged ${log.length} lines; npm run demo -- --log shows them.`);
  stdout.write(`${verdict} (${seconds} s)\n${logged}\n`);
  return allHold ? 0 : 1;
}
