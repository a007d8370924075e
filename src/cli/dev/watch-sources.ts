import { relative, sep } from 'node:path';
import { LocalStackError } from '../../errors.ts';
import { isOwnOutput } from './own-output.ts';

export interface WatchedPlaces {
  /** Files and folders, absolute. */
  readonly paths: readonly string[];
  /** Names of folders below them that are left out, beside hidden ones. */
  readonly ignoredNames: ReadonlySet<string>;
}

export interface SourceChange {
  /** The first file of those that changed together, as seen from the working directory. */
  readonly file: string;
  /** When it was seen, by `performance.now()`. */
  readonly seenAt: number;
}

export interface WatchParts {
  readonly places: WatchedPlaces;
  /** A folder that changes for other reasons. */
  readonly ignoredFolder: string | undefined;
  readonly onChange: (change: SourceChange) => void;
  readonly onError: (error: Error) => void;
}

export interface Watching {
  /** Watches these too. */
  readonly add: (paths: readonly string[]) => void;
  readonly close: () => Promise<void>;
}

/** An editor writes a file in several steps; together they are one change. */
const settleMs = 60;

/**
 * Calls back when something in these places has changed. Resolves when every change from then on is seen.
 * @throws LocalStackError if chokidar is not installed
 */
export async function watchSources({
  places,
  ignoredFolder,
  onChange,
  onError,
}: WatchParts): Promise<Watching> {
  const { watch } = await import('chokidar').catch((cause: unknown) => {
    throw new LocalStackError(
      'To see that a source has changed takes chokidar: npm install --save-dev chokidar. Or run with --no-watch.',
      { cause },
    );
  });
  const roots = new Set(places.paths);
  let timer: NodeJS.Timeout | undefined;
  let first: SourceChange | undefined;
  const watcher = watch([...roots], {
    ignoreInitial: true,
    ignored: (path) => isIgnored(path, { roots, names: places.ignoredNames, folder: ignoredFolder }),
  });
  watcher.on('all', (_, path) => {
    if (isOwnOutput(path)) return;
    first ??= { file: relative(process.cwd(), path), seenAt: performance.now() };
    clearTimeout(timer);
    timer = setTimeout(() => {
      const change = first;
      first = undefined;
      if (change) onChange(change);
    }, settleMs);
  });
  watcher.on('error', (cause) =>
    onError(new LocalStackError('Not every change of a source may be seen.', { cause })),
  );
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return {
    add: (paths) => {
      const further = paths.filter((path) => !roots.has(path));
      further.forEach((path) => roots.add(path));
      if (further.length > 0) watcher.add([...further]);
    },
    close: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

export interface IgnoreParts {
  readonly roots: Iterable<string>;
  readonly names: ReadonlySet<string>;
  readonly folder: string | undefined;
}

/** What lies in several places is watched if one of them does not leave it out. */
export function isIgnored(path: string, { roots, names, folder }: IgnoreParts): boolean {
  if (folder !== undefined && isWithin(path, folder)) return true;
  const around = [...roots].filter((root) => isWithin(path, root));
  return (
    around.length > 0 &&
    around.every((root) =>
      relative(root, path)
        .split(sep)
        .some((name) => name.startsWith('.') || names.has(name)),
    )
  );
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
