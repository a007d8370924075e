import type { CacheClient } from '@aws-lambda-powertools/idempotency/cache/types';

interface Entry {
  readonly value: string;
  readonly endsAtMs: number;
}

/** As much of a Redis as a cache layer needs: `NX`, and `EX` by the clock of the machine. */
export function memoryCache(): CacheClient {
  const entries = new Map<string, Entry>();
  const alive = (name: string): Entry | undefined => {
    const entry = entries.get(name);
    return entry !== undefined && entry.endsAtMs > Date.now() ? entry : undefined;
  };
  return {
    get: (name) => Promise.resolve(alive(name)?.value ?? null),
    set(name, value, options) {
      const { EX = Infinity, NX = false } = (options ?? {}) as {
        readonly EX?: number;
        readonly NX?: boolean;
      };
      if (NX && alive(String(name)) !== undefined) return Promise.resolve(null);
      entries.set(String(name), { value: String(value), endsAtMs: Date.now() + EX * 1_000 });
      return Promise.resolve('OK');
    },
    del: (names) => Promise.resolve(names.filter((name) => entries.delete(name)).length),
  };
}
