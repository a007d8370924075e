import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { plainClient } from './clients.ts';
import { createLineageReader } from './lineage-reader.ts';

it('a stream in a process of its own says where it is, and holds as many records as it is told', async () => {
  const program = [`${import.meta.dirname}/serve.ts`, '--records', '1200', '--shards', '3', '--closed'];
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const lines: unknown[] = await once(createInterface(child.stdout), 'line');
  const served = z.object({ endpoint: z.string(), streamArn: z.string(), records: z.literal(1_200) });
  const { endpoint, streamArn } = served.parse(JSON.parse(String(lines[0])));
  const reader = createLineageReader(plainClient(endpoint), streamArn);
  while (await reader.step());
  expect(reader.records()).toHaveLength(1_200);
  const sizes = reader.records().map((record) => JSON.stringify(record).length);
  expect(Math.min(...sizes)).toBeGreaterThan(400);
});
