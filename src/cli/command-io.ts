/** All of the world that a command may touch besides its work. */
export interface CommandIO {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Where answers to questions come from; without, nobody is asked. */
  readonly stdin?: NodeJS.ReadStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user asks for the end, with Ctrl-C or SIGTERM. */
  readonly interrupted: AbortSignal;
  /** For a command that has done what it can, and not all that was asked for. An error that is thrown is status 1 anyway. */
  readonly setExitStatus?: (status: number) => void;
  /** Whether stdout cannot be written to any more. (Node.js forgets it of its own: `process.stdout.errored` stays null.) */
  readonly isUnread?: () => boolean;
  /** For a command that is over: ends the process soon, with what was written out of it, whatever still keeps it alive. */
  readonly endSoon?: () => void;
}
