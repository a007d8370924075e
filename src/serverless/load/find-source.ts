import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';

/** The file of a handler, and which of its exports it is. */
export interface HandlerSource {
  /** From the service's folder on, as a message shows it. */
  readonly file: string;
  readonly exportName: string;
}

const extensions = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'] as const;

/** @param handler as the Serverless Framework has it: `handlers/orders.handler`. Undefined: there is no such file. */
export function findSource(folder: string, handler: string): HandlerSource | undefined {
  const exportName = extname(handler).slice(1);
  const bare = handler.slice(0, handler.length - exportName.length - 1);
  const candidates = [bare, join(bare, 'index')].flatMap((path) =>
    extensions.map((each) => `${path}${each}`),
  );
  const file = candidates.find((each) => existsSync(join(folder, each)));
  return file === undefined || exportName === '' ? undefined : { file, exportName };
}

/** Whether Node.js of any version runs the file as it is. */
export const isPlain = ({ file }: HandlerSource): boolean => ['.js', '.mjs', '.cjs'].includes(extname(file));
