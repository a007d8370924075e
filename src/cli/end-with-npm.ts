/** How often it is looked whether npm is still there. */
const lookEveryMs = 500;

/**
 * Calls back when the npm (or npx) that has started this process is gone: it runs programs in a shell, which does not hand
 * on a SIGTERM, so that whoever ends npm would leave them running.
 */
export function endWithNpm(process: NodeJS.Process, end: () => void): void {
  if (process.env['npm_command'] === undefined) return;
  const shell = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(looking);
    end();
  }, lookEveryMs);
  looking.unref();
}
