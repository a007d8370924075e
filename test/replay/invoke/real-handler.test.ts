import { expect, it } from 'vitest';
import { anyItem, createHandler, createRouter } from '../../../src/index.ts';
import { systemClock } from '../../../src/local/clock.ts';
import { createInvoker } from '../../../src/local/function/invoke-function.ts';
import { functionTarget } from '../../../src/replay/target/invoke-target.ts';
import type { ReplayRequest } from '../../../src/reporting/replay-protocol.ts';
import { insertRecord, memoryDeadLetters, memoryLedger } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import { lambdaServer } from './lambda-server.ts';

it('a deployed handler runs the route of a letter alone, and all routes of a record that Lambda gave up', async () => {
  const ran: string[] = [];
  const noted = (route: string) => (change: { readonly keys: unknown }) => {
    ran.push(`${route} ${JSON.stringify(change.keys)}`);
    return Promise.resolve();
  };
  const router = createRouter()
    .onInsert('tell-customer', anyItem(), noted('tell-customer'))
    .onInsert('audit', anyItem(), noted('audit'));
  const handler = createHandler(router, {
    ledger: memoryLedger(),
    deadLetters: memoryDeadLetters(),
    consumer: 'orders',
    log: 'off',
  });
  const invoke = createInvoker({
    invoke: handler,
    functionName: 'shop-orders',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:shop-orders',
    timeoutMs: 20_000,
    clock: systemClock,
  });
  const { client } = await lambdaServer(
    async (eventJson) => (await invoke(eventJson, new AbortController().signal)).result,
  );

  const letter = letterFor(insertRecord({ pk: 'a' }));
  const givenUp = insertRecord({ pk: 'b' });
  const number = givenUp.dynamodb?.SequenceNumber ?? '';
  const request: ReplayRequest = {
    Records: [letter.record, givenUp],
    spillwayReplay: {
      version: 1,
      works: [
        {
          kind: 'letter',
          letterId: letter.id,
          consumer: 'orders',
          route: 'tell-customer',
          ifStale: 'fail',
        },
        { kind: 'record', isExact: true, bounds: { first: number, last: number } },
      ],
    },
  };
  const target = functionTarget({ functionName: 'shop-orders', client });
  const first = await target.run(request, 'orders');
  expect(first.map(({ outcome }) => outcome)).toEqual(['handled', 'handled']);
  expect(ran.toSorted()).toEqual([
    'audit {"pk":"b"}',
    'tell-customer {"pk":"a"}',
    'tell-customer {"pk":"b"}',
  ]);
  const again = await target.run(request, 'orders');
  expect(again.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate']);
  expect(ran).toHaveLength(3);
});
