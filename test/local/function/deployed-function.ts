import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FunctionOptions, FunctionReport } from '../../../src/local/function/function-options.ts';
import type { LogLine } from '../../../src/local/function/log-lines.ts';
import { startFunction } from '../../../src/local/function/start-function.ts';

export type Files = Readonly<Record<string, string>>;

/** A deployment package of its own, gone after the test. */
export function packageOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-function-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A function of one file, or of several, stopped after the test. */
export function deploy(code: string | Files, more: Partial<FunctionOptions> = {}) {
  const folder = packageOf(typeof code === 'string' ? { 'orders.mjs': code } : code);
  const lines: LogLine[] = [];
  const reports: FunctionReport[] = [];
  const running = startFunction({
    functionName: 'orders',
    folder,
    handler: 'orders.handler',
    environment: {},
    timeoutMs: 5_000,
    onLine: (line) => lines.push(line),
    onReport: (report) => reports.push(report),
    ...more,
  });
  onTestFinished(() => running.stop());
  const invokeWhole = (event: unknown = {}, abandoning = new AbortController().signal) =>
    running.invoke(JSON.stringify(event), abandoning);
  const invoke = async (event?: unknown) => (await invokeWhole(event)).result;
  return { ...running, folder, lines, reports, invoke, invokeWhole };
}
