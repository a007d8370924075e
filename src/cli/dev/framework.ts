import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LocalStackError } from '../../errors.ts';

/** osls first: it needs no login and no network. */
const names = ['osls', 'serverless'] as const;

/** The program of the Serverless Framework that the project has installed.
 * @throws LocalStackError if there is none */
export function findFramework(projectDir: string): string {
  const require = createRequire(join(projectDir, 'package.json'));
  for (const name of names) {
    try {
      const program = join(dirname(require.resolve(`${name}/package.json`)), 'bin/serverless.js');
      if (existsSync(program)) return program;
    } catch {
      // Not installed: the next one.
    }
  }
  throw new LocalStackError(
    `Neither ${names.join(' nor ')} is installed in ${projectDir}. Install one (npm install --save-dev osls), or give a ` +
      'template that something else has made: spillway dev --template PATH',
  );
}
