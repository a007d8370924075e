import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startLocalStack } from '../../src/local/index.ts';
import { startService } from '../../src/local/service/start-service.ts';
import { runFramework } from '../serverless/plugin/package-service.ts';

const repository = resolve(import.meta.dirname, '../..');

/** The service of serverless.yml in a folder of its own, where its sources may be changed. */
export function copyService() {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-example-'));
  for (const name of ['serverless.yml', 'handlers', 'package.json', 'tsconfig.json'])
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  for (const name of ['node_modules', 'src']) symlinkSync(join(repository, name), join(folder, name));
  return {
    folder,
    edit: (name: string, from: string, to: string): void => {
      const text = readFileSync(join(folder, name), 'utf8');
      if (!text.includes(from)) throw new Error(`${name} has no longer what the test is to change: ${from}`);
      writeFileSync(join(folder, name), text.replaceAll(from, to));
    },
    /** Packages it, with nothing of AWS in the environment. Resolves with the path of the template. */
    async package(stage: string): Promise<string> {
      const packageDir = join(folder, 'package');
      const { code, said } = await runFramework(folder, 'package', '--stage', stage, '--package', packageDir);
      if (code !== 0) throw new Error(said);
      return join(packageDir, 'cloudformation-template-update-stack.json');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Runs a packaged service on a local stack of its own. */
export async function runService(folder: string, templatePath: string) {
  const stack = await startLocalStack();
  const [lines, errors]: [string[], string[]] = [[], []];
  const service = await startService({
    stack,
    templatePath,
    stackName: 'shop',
    sdkFrom: folder,
    onInvocation: () => undefined,
    onGivenUp: (name) => errors.push(`${name} was given up on`),
    onLine: ({ text }) => lines.push(text),
    onError: (error) => errors.push(String(error)),
  }).catch(async (error: unknown) => {
    await stack.stop();
    throw error;
  });
  return {
    stack,
    service,
    lines,
    errors,
    stop: async () => {
      await service.stop({ abandon: true });
      await stack.stop();
    },
  };
}
