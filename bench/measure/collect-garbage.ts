/** @throws Error if node was started without it */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('node must be started with --expose-gc');
  globalThis.gc();
}
