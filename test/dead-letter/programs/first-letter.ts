import { randomBytes } from 'node:crypto';
import { registerHooks } from 'node:module';

/**
 * Imports `spillway`, makes a handler and lets it write letters, as a Lambda function would with nothing but its
 * environment; tells after each step which clients of the AWS SDK were loaded by then.
 */
const resolved = new Set<string>();
registerHooks({
  resolve: (specifier, context, next) => {
    const result = next(specifier, context);
    resolved.add(result.url);
    return result;
  },
});
const variablesRead = new Set<string>();
process.env = new Proxy(process.env, {
  get: (target, name) => {
    if (typeof name === 'string') variablesRead.add(name);
    return Reflect.get(target, name) as unknown;
  },
});

const steps: Record<string, readonly string[]> = {};
const note = (step: string): void => {
  const clients = [...resolved].flatMap((url) => /\/@aws-sdk\/(client-(?:sqs|s3))\//.exec(url)?.[1] ?? []);
  steps[step] = [...new Set(clients)].toSorted();
};

const spillway = await import('spillway');
const readOnImport = [...variablesRead].filter((name) => name.startsWith('SPILLWAY_'));
const resourcesAfterImport = process
  .getActiveResourcesInfo()
  .filter((kind) => !/^(Pipe|TTY|ProcessWrap|FSReq|CloseReq)/.test(kind));
const testing = await import('spillway/testing');
note('import');

const router = spillway
  .createRouter()
  .onInsert('fail', spillway.anyItem<{ isBad?: boolean }>(), ({ newImage }) => {
    if (newImage.isBad === true) throw new spillway.PermanentError('never');
  });
const handle = async (options: Parameters<typeof spillway.createHandler>[1], ...items: readonly object[]) => {
  const handler = spillway.createHandler(router, { ledger: 'off', log: 'off', ...options });
  const records = items.map((item) => testing.insertRecord({ id: 'a', ...item }));
  return handler(testing.streamEvent(...records), testing.lambdaContext());
};
spillway.createHandler(router);
note('createHandler');
await handle({}, {});
note('a record without a letter');
const first = await handle({}, { isBad: true });
note('the first letter');
const large = await handle(
  { deadLetters: spillway.sqsDeadLetters({ maxMessageBytes: 4_096, bucket: 'letters' }) },
  { isBad: true, noise: randomBytes(20_000).toString('base64') },
);
note('the first letter that is too large');

process.stdout.write(
  JSON.stringify({ steps, readOnImport, resourcesAfterImport, responses: [first, large] }),
);
