/**
 * What the engine and the client can do at all, whatever a ledger makes of it. Run by hand:
 * `node --conditions=spillway-source bench/ledger/profile.ts [RUST_LOG]`
 */
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import Table from 'cli-table3';
import { descendantsCpuMs } from '../local/process-times.ts';
import { median } from '../report/median.ts';
import type { CaseGround, ProfileCase } from './profile/cases.ts';
import { cases } from './profile/cases.ts';
import { startEngine } from './profile/engine.ts';
import { itemOf, keyOf } from './profile/requests.ts';
import { bareClient, cut, sendAll } from './profile/send-all.ts';
import { createLedgerTable } from './table.ts';

const entries = 1_000;
const warmUps = 3;
const rounds = 7;

interface Took {
  readonly ms: number;
  /** Of the quickest round: the machine is shared. */
  readonly leastMs: number;
  readonly ourCpuMs: number;
  readonly engineCpuMs: number;
}

async function profileCase(
  { needs, run }: ProfileCase,
  endpoint: string,
  ground: Omit<CaseGround, 'table'>,
): Promise<Took> {
  const took: Omit<Took, 'leastMs'>[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const table = `profile-${round}`;
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.use(await createLedgerTable(endpoint, table));
    const ids = Array.from({ length: entries }, (_, index) => keyOf(`r${round}`, index));
    if (needs === 'entries') await putAll(ground.client, table, ids);
    const cpu = process.cpuUsage();
    const engineMs = descendantsCpuMs('dynoxide');
    const startedAt = performance.now();
    await run({ ...ground, table }, ids);
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    const engineCpuMs = descendantsCpuMs('dynoxide') - engineMs;
    if (round >= warmUps) took.push({ ms, ourCpuMs: (user + system) / 1_000, engineCpuMs });
  }
  const of = (name: 'ms' | 'ourCpuMs') => median(took.map((one) => one[name]));
  // The engine's time is told in steps of 10 ms, so the mean says more than the median.
  const engineCpuMs = took.reduce((sum, one) => sum + one.engineCpuMs, 0) / took.length;
  const leastMs = Math.min(...took.map(({ ms }) => ms));
  return { ms: of('ms'), leastMs, ourCpuMs: of('ourCpuMs'), engineCpuMs };
}

async function putAll(client: DynamoDBClient, table: string, ids: readonly string[]): Promise<void> {
  await sendAll(cut(ids, 25), 4, (part) =>
    client.send(
      new BatchWriteItemCommand({
        RequestItems: { [table]: part.map((id) => ({ PutRequest: { Item: itemOf(id) } })) },
      }),
    ),
  );
}

const [rustLog = 'dynoxide::server=debug', wanted = ''] = process.argv.slice(2);
await using engine = await startEngine(rustLog);
const { endpoint } = engine;
const client = new DynamoDBClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
using bare = bareClient(endpoint);
const shown = new Table({
  head: [
    `1,000 entries, RUST_LOG=${rustLog}`,
    'ms',
    'least',
    'entries/s',
    'CPU of ours, ms',
    'CPU of the engine, ms',
  ],
  style: { head: [], border: [], compact: true },
  colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
});
for (const one of cases.filter(({ label }) => label.includes(wanted))) {
  const { ms, leastMs, ourCpuMs, engineCpuMs } = await profileCase(one, endpoint, { client, bare });
  shown.push([
    one.label,
    ms.toFixed(0),
    leastMs.toFixed(0),
    ((entries / ms) * 1_000).toFixed(0),
    ourCpuMs.toFixed(0),
    engineCpuMs.toFixed(0),
  ]);
}
client.destroy();
console.log(shown.toString());
