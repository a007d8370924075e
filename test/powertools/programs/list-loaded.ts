import { registerHooks } from 'node:module';

/** Imports what it is told to and writes the addresses of all modules that came with it. */
const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
for (const name of process.argv.slice(2)) await import(name);
process.stdout.write(JSON.stringify(loaded));
