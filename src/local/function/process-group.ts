/**
 * Signals to a process that leads a group of its own: the group is its children and what they start. Windows knows no
 * groups, and of these signals only SIGKILL.
 */
const signalGroup = (pid: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void => {
  // 0 would be the group of this process itself.
  if (!(pid > 0)) return;
  try {
    if (process.platform !== 'win32') process.kill(-pid, signal);
    else if (signal === 'SIGKILL') process.kill(pid, signal);
  } catch {
    // Gone already, which its "exit" tells whoever waits for it.
  }
};

/** Ends also what is frozen. */
export const killGroup = (pid: number): void => signalGroup(pid, 'SIGKILL');

/** The processes keep their memory and their connections, and get no time until they are thawed. */
export const freezeGroup = (pid: number): void => signalGroup(pid, 'SIGSTOP');

export const thawGroup = (pid: number): void => signalGroup(pid, 'SIGCONT');
