import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A text that is another one when a file of the folder has changed, by its size or its time. Of `node_modules` only what
 * is in it counts, not what is below: there may be thousands of files.
 */
export async function folderVersion(folder: string): Promise<string> {
  const files = await filesBelow(folder);
  return createHash('sha256').update(files.toSorted().join('\n')).digest('hex').slice(0, 16);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') return filesBelow(path);
    // What has gone meanwhile is told by the folder's next version.
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
    return [JSON.stringify([path, size, mtimeMs])];
  });
  return (await Promise.all(found)).flat();
}
