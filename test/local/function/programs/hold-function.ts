/**
 * Starts a function of the package that is its first argument, with one environment frozen and one in a busy loop, prints
 * their pids, and waits for its end. With `graceful` as its second argument it invokes once more after Ctrl-C, stops the
 * function, and must then end by itself.
 */
import { startFunction } from '../../../../src/local/function/start-function.ts';

const [, , folder = '', mode] = process.argv;
const { signal } = new AbortController();
const running = startFunction({
  functionName: 'held',
  folder,
  handler: 'orders.handler',
  environment: {},
  timeoutMs: 60_000,
  onLine: ({ text }) => process.stdout.write(`${text}\n`),
});
const invoke = (event: object) => running.invoke(JSON.stringify(event), signal);

if (mode === 'graceful')
  process.once('SIGINT', () => {
    void (async () => {
      const { result } = await invoke({});
      await running.stop();
      process.stdout.write(`${result.kind}\n`);
    })();
  });
// Two at once, so that there are two environments; one of them then runs for ever.
await Promise.all([invoke({ waitMs: 100 }), invoke({ waitMs: 100 })]);
if (mode !== 'graceful') void invoke({ forever: true });
