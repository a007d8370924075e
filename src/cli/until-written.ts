/** Resolves when what was written has left, or cannot: of a reader who is gone nothing is waited for. */
export const untilWritten = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => void stream.write('', () => resolve()));
