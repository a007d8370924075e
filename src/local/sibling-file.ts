import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A program beside the module with this URL (`import.meta.url`), and of its kind: .ts as it is written, .js as it is
 * published.
 */
export function siblingFile(moduleUrl: string, name: string): string {
  const module = fileURLToPath(moduleUrl);
  return join(dirname(module), `${name}${extname(module)}`);
}
