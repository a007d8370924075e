import type { HandlerOptions, LocalStackError } from 'spillway';
import { createHandler } from 'spillway';
import type { EventSourceMapping, LambdaFunction, LocalStack } from 'spillway/local';
import { startEventSourceMapping, startLocalStack } from 'spillway/local';
import type { Clients } from './clients.ts';
import { connect } from './clients.ts';
import type { Forgetful } from './lose-response.ts';
import { loseOneResponse } from './lose-response.ts';
import type { Resources } from './resources.ts';
import { createResources, tables } from './resources.ts';
import { withTimeToLive } from './time-to-live.ts';

export interface ShopOptions extends Pick<HandlerOptions, 'observers' | 'log'> {
  /** Put around both functions. */
  readonly around?: (invoke: LambdaFunction) => LambdaFunction;
  /** The size from which on a batch may lose its response. Default: none does. */
  readonly loseResponseFrom?: number;
}

/** The example of handlers/ on the local stack: tables, queue, and both functions attached to the stream. */
export interface Shop {
  readonly clients: Clients;
  readonly resources: Resources;
  /** For the environment of a program that is to talk to the same stack. */
  readonly environment: Readonly<Record<string, string>>;
  readonly died: Promise<LocalStackError>;
  /** What was delivered again on purpose. */
  readonly deliveredAgain: () => ReturnType<Forgetful['deliveredAgain']>;
  /** Resolves when all that was written is handled, and what the handlers wrote themselves too. */
  readonly untilQuiet: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const stack = await startLocalStack();
  const clients = connect(stack.environment);
  const close = async () => {
    clients.close();
    await stack.stop();
  };
  try {
    const resources = await createResources(clients, stack.endpoints.sqs);
    const environment = {
      ...stack.environment,
      SHOP_TABLE: tables.shop,
      SPILLWAY_LEDGER_TABLE: tables.ledger,
      SPILLWAY_DLQ_URL: resources.queueUrl,
    };
    Object.assign(process.env, environment);
    const functions = await loadFunctions(options);
    const mappings = await Promise.all(
      functions.map(({ name, invoke }) => attach(name, invoke, { stack, resources })),
    );
    const caughtUp = () => Promise.all(mappings.map((mapping) => mapping.untilCaughtUp()));
    return {
      clients,
      resources,
      environment,
      died: stack.died,
      deliveredAgain: () => functions.flatMap(({ deliveredAgain }) => deliveredAgain()),
      untilQuiet: async () => {
        await caughtUp();
        // What the handlers wrote is in the stream now; nothing is written on account of that.
        await caughtUp();
      },
      [Symbol.asyncDispose]: async () => {
        await Promise.all(mappings.map((mapping) => mapping.stop()));
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface NamedFunction extends Forgetful {
  readonly name: string;
}

/** The functions as serverless.yml has them. Loaded late, for their clients find the stack through the environment. */
async function loadFunctions({
  around = (invoke) => invoke,
  loseResponseFrom = Infinity,
  ...options
}: ShopOptions): Promise<readonly NamedFunction[]> {
  const [orders, totals, demo] = await Promise.all([
    import('../handlers/orders.ts'),
    import('../handlers/totals.ts'),
    import('./demo-routes.ts'),
  ]);
  const handlers = {
    orders: createHandler([orders.router, demo.router], { ...options, consumer: 'orders' }),
    totals: createHandler(totals.router, { ...options, consumer: 'totals' }),
  };
  return Object.entries(handlers).map(([name, handler]) => {
    const forgetful = loseOneResponse(handler, loseResponseFrom);
    return { ...forgetful, name, invoke: around(withTimeToLive(forgetful.invoke)) };
  });
}

const attach = (
  functionName: string,
  invoke: LambdaFunction,
  { stack, resources }: { readonly stack: LocalStack; readonly resources: Resources },
): Promise<EventSourceMapping> =>
  startEventSourceMapping({
    FunctionName: functionName,
    EventSourceArn: resources.streamArn,
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    DestinationConfig: { OnFailure: { Destination: resources.queueArn } },
    MaximumRetryAttempts: 10,
    invoke,
    stack,
  });
