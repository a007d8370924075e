import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['spillway-source'] },
  ssr: { resolve: { conditions: ['spillway-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/reporting/last-line-reporter.ts'],
    // Most of the time is spent waiting for engines, processes and timers.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A second, the default, is short for what comes about by itself on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.ts'],
      tsconfig: './tsconfig.json',
      // `npm run types` is what checks the sources.
      ignoreSourceErrors: true,
    },
    coverage: { include: ['src/**'], reporter: ['text', 'html'] },
  },
});
