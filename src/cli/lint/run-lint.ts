import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { InvalidOptionError, LocalStackError } from '../../errors.ts';
import type { CommandIO } from '../command-io.ts';
import { findFramework } from '../dev/framework.ts';
import { linesTo } from '../lines-to.ts';
import { lintText } from './lint-text.ts';

export interface LintOptions {
  /** Undefined: what the file says. */
  readonly stage: string | undefined;
  /** serverless.yml, or another file of the framework. */
  readonly config: string;
  /** For Node.js, in the framework's process. */
  readonly execArgv: readonly string[];
}

/**
 * Lets the framework run the plugin's own command, so that variables, stages and plugins are what they are in a deployment.
 * @throws LocalStackError if the framework is not there, or ends without having come to the plugin
 */
export async function runLint({ stage, config, execArgv }: LintOptions, io: CommandIO): Promise<void> {
  const path = resolve(config);
  if (!existsSync(path))
    throw new InvalidOptionError(`There is no file ${config}: name the service's with --config.`);
  const folder = dirname(path);
  const program = findFramework(folder);
  const more = stage === undefined ? [] : ['--stage', stage];
  const child = spawn(
    process.execPath,
    [...execArgv, program, 'spillway', 'lint', '--config', basename(path), ...more],
    { cwd: folder, env: { ...io.environment }, stdio: ['ignore', 'pipe', 'pipe'], signal: io.interrupted },
  );
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => parts.push(text));
  const code = await endOf(child);
  if (io.interrupted.aborted) return;
  const { text, isOfPlugin } = lintText(parts.join(''));
  if (!isOfPlugin)
    throw new LocalStackError(
      `The Serverless Framework did not run the plugin. Is spillway/serverless in "plugins" of ${config}?\n\n${text}`,
    );
  linesTo(io.stdout)(text);
  if (code !== 0) io.setExitStatus?.(1);
}

/** The exit status. One that was told to end has none. */
async function endOf(child: ReturnType<typeof spawn>): Promise<number | null> {
  try {
    const [code] = (await once(child, 'close')) as [code: number | null];
    return code;
  } catch (cause) {
    if (child.killed) return null;
    throw new LocalStackError('The Serverless Framework could not be started.', { cause });
  }
}
