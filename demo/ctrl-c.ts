/** The first Ctrl-C, or a request to end: from then on the process ends when it is told to by what it runs. */
export function interruption(): Promise<'interrupted'> {
  const { promise, resolve } = Promise.withResolvers<'interrupted'>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'));
  return promise;
}
