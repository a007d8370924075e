#!/usr/bin/env node
/** The command `spillway`. It looks at the version of Node.js before anything is loaded that an older one cannot. */
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  process.stderr.write(`spillway needs Node.js 22 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else {
  const { runCommandLine } = await import('./command-line.ts');
  await runCommandLine(process);
}
