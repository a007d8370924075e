import { LocalStackError } from '../../errors.ts';

export const portTaken = (port: number, cause: unknown): LocalStackError =>
  new LocalStackError(
    `Port ${port} cannot be used: another program listens there, or it is not allowed. End that program, or choose ` +
      `another port.`,
    { cause },
  );
