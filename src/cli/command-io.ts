/** All of the world that a command may touch besides its work. */
export interface CommandIO {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user asks for the end, with Ctrl-C or SIGTERM. */
  readonly interrupted: AbortSignal;
}
