/**
 * A program of its own: loads what packaging will need while nobody waits, packages when it is told to, and ends. The
 * framework cannot package twice in one process, and to load it takes longer than to package.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { PackagerMessage } from './packager-message.ts';

const require = createRequire(import.meta.url);

// Whoever asked for the package is gone.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: PackagerMessage) => {
  switch (message.kind) {
    case 'preload':
      preload(message.modules);
      return;
    case 'package':
      process.on('exit', () => writeFileSync(message.modulesFile, JSON.stringify(loadedModules())));
      process.channel?.unref();
      endAfterFailure();
      process.argv = [process.execPath, message.program, ...message.arguments];
      require(message.program);
  }
});

const failureWatchMs = 50;

/** The framework has said what went wrong and would end now, were it not for a bundler that it has left running. */
function endAfterFailure(): void {
  setInterval(() => {
    if (process.exitCode !== undefined && process.exitCode !== 0) process.exit();
  }, failureWatchMs).unref();
}

/** What an earlier run loaded; a module that cannot be loaded by itself is left to the framework. */
function preload(modules: readonly string[]): void {
  for (const file of modules)
    try {
      if (existsSync(file)) require(file);
    } catch {
      // It is loaded again, with its error, when it is needed.
    }
}

/** Libraries only: the project's own files are what changes. */
const loadedModules = (): readonly string[] =>
  Object.keys(require.cache).filter((file) => file.includes('node_modules') && !isProgram(file));

/** These do not wait to be called. */
const isProgram = (file: string): boolean => /[\\/](bin|scripts)[\\/][^\\/]+$/.test(file);
