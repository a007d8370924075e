import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { startLocalStack } from '../../src/local/index.ts';
import { createProgress } from '../report/progress.ts';
import { machine } from '../report/result.ts';
import { replayContestants } from './contestants.ts';
import { readReplayOptions } from './options.ts';
import { replayText } from './report.ts';
import type { ReplayResult } from './result.ts';
import { runList, runMemory, sizes } from './run-memory.ts';
import { runSpeed } from './run-speed.ts';
import { targetsOf } from './targets.ts';

/** How quickly dead letters are worked off, beside tools that move messages. `npm run bench -- replay`. */
export async function runReplayBench(args: readonly string[]): Promise<void> {
  const { json, markdown, rounds, only, delayMs } = readReplayOptions(args);
  const isChosen = (id: string): boolean => only.length === 0 || only.includes(id);
  const chosen = replayContestants.filter(({ id }) => isChosen(id));
  const loadBefore = loadText();
  const progress = createProgress(
    rounds * chosen.length +
      (isChosen('memory') ? 2 * sizes.length : 0) +
      (isChosen('list') ? sizes.length : 0),
  );
  let result: ReplayResult;
  try {
    await using stack = await startLocalStack();
    const { dynamodb } = stack.endpoints;
    const none = { rows: [], turns: {} };
    const speed = chosen.length > 0 ? await runSpeed({ chosen, rounds, delayMs, dynamodb, progress }) : none;
    const memory = isChosen('memory') ? await runMemory(dynamodb, progress) : none;
    const list = isChosen('list') ? await runList(dynamodb, progress) : none;
    const turns = { ...speed.turns, ...memory.turns, ...list.turns };
    result = { speed: speed.rows, memory: memory.rows, list: list.rows, turns };
  } finally {
    progress.stop();
  }
  const { node, cores, processor } = machine();
  console.log(
    `Node ${node}, ${cores} cores (${processor}); load of the machine ${loadBefore} before and ${loadText()} after. ` +
      `Letters of about 2 KB${delayMs > 0 ? `; each request to SQS ${delayMs} ms later` : ''}.\n`,
  );
  console.log(replayText(result, markdown));
  const rows = [...result.speed, ...result.memory, ...result.list];
  if (rows.some(({ kind }) => kind === 'failed')) process.exitCode = 1;
  if (json === undefined) return;
  const written = { machine: machine(), ...result, targets: targetsOf(result) };
  writeFileSync(json, `${JSON.stringify(written, undefined, 2)}\n`);
}

/** Averaged over the last minute: how many processes want a processor, whoever's they are. */
const loadText = (): string => (loadavg()[0] ?? NaN).toFixed(1);
