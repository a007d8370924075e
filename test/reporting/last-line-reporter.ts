import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the run with the one line that people and CI read: `N passed, N failed`. Files that could not be loaded and
 * errors outside of tests count as failed.
 */
export default class LastLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: 'passed' | 'failed' | 'skipped') =>
      tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const skipped = count('skipped');
    const line = `${count('passed')} passed, ${count('failed') + broken} failed`;
    // Vitest's own summary is written in the same turn; the last line comes after it.
    setImmediate(() => process.stdout.write(`${line}${skipped > 0 ? `, ${skipped} skipped` : ''}\n`));
  }
}
