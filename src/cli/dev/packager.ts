import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStackError } from '../../errors.ts';
import { siblingFile } from '../../local/sibling-file.ts';
import { withoutNodeVariables } from '../../local/stack/local-environment.ts';
import type { PackagerMessage } from './packager-message.ts';
import { packagingMessage } from './packaging-message.ts';

export interface PackagerParts {
  /** The folder of serverless.yml. */
  readonly projectDir: string;
  /** The framework's program. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Where the package goes; everything in it is the packager's. */
  readonly packageDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Packager {
  /** Resolves with the path of the template. @throws LocalStackError with what the framework said, if it fails */
  readonly run: () => Promise<string>;
  /** Loads the framework, for the next run to be quick. */
  readonly prepare: () => void;
  /** Ends what runs; nothing is packaged any more. */
  readonly stop: () => Promise<void>;
}

const templateName = 'cloudformation-template-update-stack.json';

/** Packages a service with the Serverless Framework, each time in a new process. */
export function createPackager(parts: PackagerParts): Packager {
  const { projectDir, program, packageDir, environment } = parts;
  const modulesFile = join(packageDir, 'modules.json');
  const running = new Set<ChildProcess>();
  let prepared: ChildProcess | undefined;
  let isStopped = false;

  const start = (): ChildProcess => {
    const child = fork(siblingFile(import.meta.url, 'packager-program'), [], {
      cwd: projectDir,
      env: {
        ...withoutNodeVariables(environment),
        // The framework leaves the folders in which it zips behind; so they go where everything goes.
        TMPDIR: packageDir,
      },
      // A debugger is this process's; which source of a package is meant is the same for both.
      execArgv: process.execArgv.filter((argument) => argument.startsWith('--conditions=')),
      // Ctrl-C in the terminal is for this process, which ends the packager in its own time.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    running.add(child);
    const forget = () => {
      running.delete(child);
      if (prepared === child) prepared = undefined;
    };
    // A process that could not be started never ends.
    child.once('exit', forget).on('error', forget);
    return child;
  };
  // To whom nothing can be said has ended, and that is told elsewhere.
  const tell = (child: ChildProcess, message: PackagerMessage) => void child.send(message, () => undefined);

  const prepare = async () => {
    const modules = await readFile(modulesFile, 'utf8')
      .then((text) => JSON.parse(text) as readonly string[])
      .catch(() => []);
    if (isStopped || prepared) return;
    prepared = start();
    tell(prepared, { kind: 'preload', modules });
  };

  return {
    prepare: () => void prepare(),
    run: async () => {
      if (isStopped)
        throw new LocalStackError('The service is not packaged any more: its packager was stopped.');
      const child = prepared ?? start();
      prepared = undefined;
      const said: string[] = [];
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
      const ended = endOf(child);
      const more = ['--package', packageDir];
      tell(child, {
        kind: 'package',
        program,
        arguments: ['package', ...parts.arguments, ...more],
        modulesFile,
      });
      const code = await ended;
      if (code !== 0) throw new LocalStackError(packagingMessage(said.join('')));
      return join(packageDir, templateName);
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(
        [...running].map(async (child) => {
          const ended = endOf(child).catch(() => undefined);
          child.kill('SIGKILL');
          await ended;
        }),
      );
    },
  };
}

/** The exit status, when all that was written has been read. @throws LocalStackError if there was no process to begin with */
async function endOf(child: ChildProcess): Promise<number | null> {
  try {
    const [code] = (await once(child, 'close')) as [code: number | null];
    return code;
  } catch (cause) {
    throw new LocalStackError('The packager could not be started.', { cause });
  }
}
