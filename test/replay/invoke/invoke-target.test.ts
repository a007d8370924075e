import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import { functionTarget } from '../../../src/replay/target/invoke-target.ts';
import type {
  ReplayOutcome,
  ReplayRequest,
  ReplayResult,
  ReplayWork,
} from '../../../src/reporting/replay-protocol.ts';
import type { RawRecord } from '../../../src/stream/record.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { deploy } from '../../local/function/deployed-function.ts';
import type { Answer, LambdaAnswer } from './lambda-server.ts';
import { lambdaServer } from './lambda-server.ts';

async function target(answer: Answer, runtime = instantRuntime()) {
  const { client, bodies: all } = await lambdaServer(answer);
  const one = functionTarget({ functionName: 'shop-orders', client, runtime });
  const isProbe = (body: string) => sentIn(body).spillwayReplay.works.length === 0;
  return {
    /** Of the invocations with work in them. */
    get bodies() {
      return all.filter((body) => !isProbe(body));
    },
    probes: () => all.filter(isProbe).length,
    run: (request: ReplayRequest) => one.run(request, 'orders'),
    runtime,
  };
}

let next = 100_000_000_000_000_000_000n;
const recordOf = (pk: string, more: object = {}): RawRecord =>
  insertRecord({ pk, ...more }, { sequenceNumber: String((next += 7n)) });
const letterWork: ReplayWork = {
  kind: 'letter',
  letterId: 'a'.repeat(64),
  consumer: 'orders',
  route: 'tell-customer',
  ifStale: 'fail',
};
const recordWork: ReplayWork = { kind: 'record', isExact: true, bounds: { first: '1', last: '2' } };
const requestFor = (records: readonly RawRecord[], work: ReplayWork = letterWork): ReplayRequest => ({
  Records: records,
  spillwayReplay: { version: 1, works: records.map(() => work), concurrency: 5 },
});

const resultOf = (outcome: ReplayOutcome): ReplayResult => ({ outcome, attempts: 1, letterIds: [] });
const returned = (response: unknown): LambdaAnswer => ({ kind: 'returned', response });
const knowing = (results: unknown, version: unknown = 1): LambdaAnswer =>
  returned({ batchItemFailures: [], spillwayReplay: { version, results } });
const sentIn = (eventJson: string) => JSON.parse(eventJson) as ReplayRequest;
/** Answers as a function that runs what it is given, with an outcome for each item. */
const running =
  (outcomeOf: (pk: string | undefined) => ReplayOutcome): Answer =>
  (eventJson) =>
    knowing(sentIn(eventJson).Records.map((record) => resultOf(outcomeOf(record.dynamodb?.Keys?.['pk']?.S))));

const outcomes = (results: readonly ReplayResult[]) => results.map(({ outcome }) => outcome);
const messages = (results: readonly ReplayResult[]) => results.map(({ error }) => error?.message);

describe('a function that knows replay', () => {
  it('is sent the request as it is, by name, and its results are the results', async () => {
    const names: string[] = [];
    const results: readonly ReplayResult[] = [
      resultOf('handled'),
      {
        outcome: 'failed',
        attempts: 3,
        error: { name: 'TypeError', message: 'no', stack: 'at x', issues: [{ path: 'a', message: 'b' }] },
        letterIds: [],
      },
      resultOf('stale'),
    ];
    const its = await target((_, name) => {
      names.push(name);
      return knowing(results);
    });
    const request = requestFor([recordOf('a'), recordOf('b'), recordOf('c', { text: 'ä\uD800"\\' })]);
    expect(await its.run(request)).toEqual(results);
    expect(names).toEqual(['shop-orders', 'shop-orders']);
    expect(its.probes()).toBe(1);
    expect(its.bodies.map(sentIn)).toEqual([request]);
  });

  it('is not invoked for nothing', async () => {
    const its = await target(() => knowing([]));
    expect(await its.run(requestFor([]))).toEqual([]);
    expect(its.bodies).toEqual([]);
  });

  it('may leave a letter written for a record, but not for a letter', async () => {
    const { run } = await target(() => knowing([resultOf('dead-lettered')]));
    expect(outcomes(await run(requestFor([recordOf('a')], recordWork)))).toEqual(['dead-lettered']);
    expect(outcomes(await run(requestFor([recordOf('a')], letterWork)))).toEqual(['failed']);
  });

  const ok = resultOf('handled');
  it.each([
    ['too few results', knowing([ok])],
    ['too many results', knowing([ok, ok, ok])],
    ['no results', knowing(undefined)],
    ['another version', knowing([ok, ok], 2)],
    ['an outcome nobody knows', knowing([ok, { ...ok, outcome: 'splendid' }])],
    ['an outcome from a prototype', knowing([ok, { ...ok, outcome: 'toString' }])],
    ['attempts in a text', knowing([ok, { ...ok, attempts: '1' }])],
    ['attempts below zero', knowing([ok, { ...ok, attempts: -1 }])],
    ['an error that is a text', knowing([ok, { ...ok, error: 'no' }])],
    ['an error of null', knowing([ok, { ...ok, error: null }])],
    ['letters that are numbers', knowing([ok, { ...ok, letterIds: [7] }])],
    ['a result that is null', knowing([ok, null])],
    ['an order of null', returned({ batchItemFailures: [], spillwayReplay: null })],
  ])('is not believed if it answers with %s: nothing counts as done', async (_, answer) => {
    const { run } = await target(() => answer);
    const results = await run(requestFor([recordOf('a'), recordOf('b')]));
    expect(outcomes(results)).toEqual(['failed', 'failed']);
    expect(messages(results)[0]).toContain('does not understand: deploy it');
  });

  it('may answer any JSON whatever, and each piece of work still has one result', async () => {
    const request = requestFor([recordOf('a'), recordOf('b')]);
    let answer: LambdaAnswer = returned(null);
    const { run } = await target(() => answer);
    const result = fc.record({
      outcome: fc.constantFrom('handled', 'x'),
      attempts: fc.nat(),
      letterIds: fc.jsonValue(),
    });
    const response = fc.oneof(
      fc.jsonValue(),
      fc
        .oneof(fc.array(result), fc.jsonValue())
        .map((results) => ({ spillwayReplay: { version: 1, results } })),
      fc.jsonValue().map((batchItemFailures) => ({ batchItemFailures })),
    );
    await fc.assert(
      fc.asyncProperty(response, async (one) => {
        answer = returned(one);
        const results = await run(request);
        expect(results).toHaveLength(2);
        for (const { outcome, attempts } of results) {
          expect(['handled', 'failed', 'blocked']).toContain(outcome);
          expect(Number.isInteger(attempts)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('a request that is too large for Lambda', () => {
  const large = (pk: string) => recordOf(pk, { text: 'x'.repeat(390_000), more: 'ä'.repeat(100_000) });

  it('goes in several, each below 6 MB, in order', async () => {
    const its = await target(running(() => 'handled'));
    const records = Array.from({ length: 30 }, (_, index) => large(`item-${index % 4}`));
    expect(outcomes(await its.run(requestFor(records)))).toEqual(records.map(() => 'handled'));
    expect(its.bodies.length).toBeGreaterThan(2);
    for (const body of its.bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(6 * 1024 * 1024);
    expect(its.bodies.flatMap((body) => sentIn(body).Records)).toEqual(records);
    expect(its.bodies.map((body) => sentIn(body).spillwayReplay.concurrency)).toEqual(
      its.bodies.map(() => 5),
    );
  });

  it('is not sent a second part before the first is answered', async () => {
    let underWay = 0;
    let most = 0;
    const { run } = await target(async (eventJson, name) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return running(() => 'handled')(eventJson, name);
    });
    await run(requestFor(Array.from({ length: 450 }, () => recordOf('one'))));
    expect(most).toBe(1);
  });

  it.each(['failed', 'blocked', 'deferred'] as const)(
    'blocks the rest of an item of which one is %s, and sends that of the others',
    async (outcome) => {
      const its = await target(running((pk) => (pk === 'bad' ? outcome : 'handled')));
      const records = Array.from({ length: 250 }, (_, index) => recordOf(index % 2 === 0 ? 'bad' : 'good'));
      const results = outcomes(await its.run(requestFor(records)));
      const ofBad = results.filter((_, index) => index % 2 === 0);
      expect(ofBad).toEqual([...Array<string>(50).fill(outcome), ...Array<string>(75).fill('blocked')]);
      expect(results.filter((_, index) => index % 2 === 1)).toEqual(Array<string>(125).fill('handled'));
      expect(its.bodies.map((body) => sentIn(body).Records.length)).toEqual([100, 50, 25]);
    },
  );

  it.each(['stale', 'refused', 'duplicate', 'unrouted'] as const)(
    'goes on with an item of which one is %s',
    async (outcome) => {
      const { run } = await target(running(() => outcome));
      const records = Array.from({ length: 150 }, () => recordOf('one'));
      expect(outcomes(await run(requestFor(records)))).toEqual(records.map(() => outcome));
    },
  );

  it('fails where one record alone is too large, with what is behind it', async () => {
    const its = await target(running(() => 'handled'));
    const records = [
      recordOf('a'),
      recordOf('b', { text: 'x'.repeat(6_400_000) }),
      recordOf('b'),
      recordOf('c'),
    ];
    const results = await its.run(requestFor(records));
    expect(outcomes(results)).toEqual(['handled', 'failed', 'blocked', 'handled']);
    expect(messages(results)[1]).toContain('larger than the 6 MB');
    expect(its.bodies.flatMap((body) => sentIn(body).Records)).toEqual([records[0], records[3]]);
  });
});

describe('a function that knows nothing of replay', () => {
  const three = [recordOf('a'), recordOf('b'), recordOf('c')];
  const numberOf = (index: number) => three[index]?.dynamodb?.SequenceNumber;
  const failures = (...named: readonly unknown[]) => ({
    batchItemFailures: named.map((itemIdentifier) => ({ itemIdentifier })),
  });

  it.each([
    ['null', null],
    ['an empty object', {}],
    ['an empty text', ''],
    ['an empty list of failures', { batchItemFailures: [] }],
    ['failures of null', { batchItemFailures: null }],
  ])('has handled the records if it answers %s', async (_, response) => {
    const { run } = await target(() => returned(response));
    const results = await run(requestFor(three, recordWork));
    expect(outcomes(results)).toEqual(['handled', 'handled', 'handled']);
  });

  it.each([
    ['the last', failures(numberOf(2)), ['handled', 'handled', 'failed']],
    ['the second', failures(numberOf(1)), ['handled', 'failed', 'failed']],
    ['the third and the second', failures(numberOf(2), numberOf(1)), ['handled', 'failed', 'failed']],
    ['the first', failures(numberOf(0)), ['failed', 'failed', 'failed']],
  ])('has handled those before the first it names: %s', async (_, response, expected) => {
    const { run } = await target(() => returned(response));
    expect(outcomes(await run(requestFor(three, recordWork)))).toEqual(expected);
  });

  it.each([
    ['a number', failures(123)],
    ['an empty text', failures('')],
    ['null', failures(null)],
    ['another name', { batchItemFailures: [{ foo: numberOf(1) }] }],
    ['a record that was not sent', failures('999')],
    ['one that was sent and one that was not', failures(numberOf(2), '999')],
    ['no list', { batchItemFailures: 'x' }],
    ['a text', 'done'],
    ['a list of nothing', { batchItemFailures: [null] }],
  ])('has handled nothing if its failures are odd: %s', async (_, response) => {
    const { run } = await target(() => returned(response));
    const results = await run(requestFor(three, recordWork));
    expect(outcomes(results)).toEqual(['failed', 'failed', 'failed']);
    expect(messages(results)[0]).toContain('failure of the whole batch');
  });

  it('has not handled what stands behind a failure, though its number is lower', async () => {
    const [low, high] = [recordOf('low'), recordOf('high')];
    const { run } = await target(() => returned(failures(high.dynamodb?.SequenceNumber)));
    expect(outcomes(await run(requestFor([high, low], recordWork)))).toEqual(['failed', 'failed']);
  });

  it('is asked without any work, and sent no letter', async () => {
    const its = await target(() => returned({ batchItemFailures: [] }));
    const results = await its.run(requestFor(three, letterWork));
    expect(outcomes(results)).toEqual(['failed', 'failed', 'failed']);
    expect(messages(results)[0]).toContain('deploy it with this version');
    const mixed = {
      Records: [recordOf('a'), recordOf('a'), recordOf('b')],
      spillwayReplay: { version: 1, works: [letterWork, recordWork, recordWork] },
    } as const;
    expect(outcomes(await its.run(mixed))).toEqual(['failed', 'blocked', 'handled']);
    expect(its.bodies.map((body) => sentIn(body).Records.length)).toEqual([1]);
    expect(its.probes()).toBe(1);
  });
});

describe('an invocation that goes wrong', () => {
  const request = requestFor([recordOf('a'), recordOf('b')], recordWork);

  it('by an error of the function fails all, with the words of the error', async () => {
    const { run } = await target(() => ({
      kind: 'function-error',
      reason: '',
      error: new RangeError('too far'),
    }));
    const results = await run(request);
    expect(outcomes(results)).toEqual(['failed', 'failed']);
    expect(results[0]?.error).toMatchObject({ name: 'RangeError', message: 'too far' });
    expect(results[0]?.error?.stack).toContain('RangeError: too far');
  });

  it.each([
    ['which is no object', 'no', 'did not say why'],
    ['of odd fields', { errorType: 7, errorMessage: {}, trace: 'x' }, 'did not say why'],
  ])('by an error of the function %s fails all', async (_, error, told) => {
    const { run } = await target(() => ({ kind: 'function-error', reason: '', error }));
    expect(messages(await run(request))[0]).toContain(told);
  });

  it.each(['{"half":', '['.repeat(100_000)])('by an answer that is not JSON fails all', async (text) => {
    const { run } = await target(() => ({ kind: 'text', text }));
    expect(messages(await run(request))[0]).toContain('not JSON');
  });

  it('through throttling is tried again until it is let in', async () => {
    let left = 5;
    const its = await target((eventJson, name) =>
      (left -= 1) >= 0
        ? { kind: 'error', status: 429, name: 'TooManyRequestsException' }
        : running(() => 'handled')(eventJson, name),
    );
    const startedAt = its.runtime.now();
    expect(outcomes(await its.run(request))).toEqual(['handled', 'handled']);
    expect(its.bodies).toHaveLength(6);
    expect(its.runtime.now() - startedAt).toBeGreaterThan(1_000);
  });

  it('through throttling without end fails all, and says so', async () => {
    const { run } = await target(() => ({ kind: 'error', status: 429, name: 'TooManyRequestsException' }));
    const results = await run(request);
    expect(outcomes(results)).toEqual(['failed', 'failed']);
    expect(messages(results)[0]).toContain('throttles');
  });

  it.each([
    ['a broken connection', { kind: 'broken' }, 'no answer'],
    ['an error of Lambda', { kind: 'error', status: 500, name: 'ServiceException' }, 'no answer'],
    [
      'a function that is being updated',
      { kind: 'error', status: 409, name: 'ResourceConflictException' },
      'did not take',
    ],
    ['a request too large', { kind: 'error', status: 413, name: 'RequestTooLargeException' }, 'did not take'],
  ] as const)('through %s fails all, and is not sent again', async (_, answer, told) => {
    const its = await target(() => answer);
    const results = await its.run(request);
    expect(outcomes(results)).toEqual(['failed', 'failed']);
    expect(messages(results)[0]).toContain(told);
    expect(its.bodies).toHaveLength(1);
  });

  it.each([
    [404, 'ResourceNotFoundException', 'does not exist'],
    [403, 'AccessDeniedException', 'allow lambda:InvokeFunction'],
    [400, 'InvalidParameterValueException', 'cannot be invoked'],
  ])('for good ends the replay: %i %s', async (status, name, told) => {
    const { run } = await target(() => ({ kind: 'error', status, name }));
    await expect(run(request)).rejects.toThrow(ReplayError);
    await expect(run(request)).rejects.toThrow(told);
  });
});

describe('a function in a process of its own', () => {
  it('is run as Lambda would run it, its time limit and its end included', async () => {
    const deployed = deploy(
      `export const handler = async ({ Records, spillwayReplay }) => {
        const [first] = Records.map((record) => record.dynamodb.Keys.pk.S);
        if (first === 'slow') await new Promise(() => setTimeout(() => undefined, 60_000));
        if (first === 'exit') process.exit(1);
        if (first === 'throw') throw new TypeError('cannot read');
        return {
          batchItemFailures: [],
          spillwayReplay: { version: 1, results: spillwayReplay.works.map(() => ({ outcome: 'handled', attempts: 1, letterIds: [] })) },
        };
      };`,
      { timeoutMs: 3_000 },
    );
    const { run } = await target((eventJson) => deployed.invoke(JSON.parse(eventJson)));
    const tried = async (pk: string) => (await run(requestFor([recordOf(pk)])))[0];
    expect(await tried('good')).toMatchObject({ outcome: 'handled' });
    expect(await tried('throw')).toMatchObject({
      outcome: 'failed',
      error: { name: 'TypeError', message: 'cannot read' },
    });
    expect((await tried('slow'))?.error?.message).toContain('timed out');
    expect(await tried('exit')).toMatchObject({ outcome: 'failed', attempts: 1 });
  });
});
