import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/idempotency/gather.ts';
import { gather } from '../../src/idempotency/gather.ts';
import { testClock } from './checkpoint-store.ts';

interface Wanted {
  readonly key: string;
  readonly number: number;
}

interface Request {
  readonly batch: readonly Wanted[];
  readonly answer: (answers: readonly Answer<string>[]) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

/** How long an entry may wait while another request is under way. */
const longestWaitMs = 10;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const resultOf = ({ key, number }: Wanted): string => `${key} ${number}`;
const resultsOf = ({ batch }: Request) => batch.map((wanted) => ({ result: resultOf(wanted) }));
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Requests that are answered when the test says so, on a clock of its own. */
function stage(most = 25) {
  const clock = testClock();
  const requests: Request[] = [];
  const underWay = new Set<Request>();
  let asked = 0;
  let mostUnderWay = 0;
  const ask = gather<Wanted, string>({
    most,
    keyOf: ({ key }) => key,
    send(batch) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly Answer<string>[]>();
      const end = (say: () => void) => {
        underWay.delete(request);
        say();
        return turn()
          .then(turn)
          .then(() => undefined);
      };
      const request: Request = {
        batch,
        answer: (answers) => end(() => resolve(answers)),
        fail: (error) => end(() => reject(error)),
      };
      requests.push(request);
      underWay.add(request);
      mostUnderWay = Math.max(mostUnderWay, underWay.size);
      return promise;
    },
    runtime: clock,
  });
  return {
    clock,
    requests,
    underWay,
    mostUnderWay: () => mostUnderWay,
    sizes: () => requests.map(({ batch }) => batch.length),
    /** What becomes of an entry of that key: its result, or the message of its error. */
    ask(key: string): Promise<string> {
      asked += 1;
      return ask({ key, number: asked }).catch(messageOf);
    },
    /** So many entries of different keys. */
    askFor(count: number): Promise<string>[] {
      return Array.from({ length: count }, () => this.ask(`key ${asked}`));
    },
  };
}

describe('gathering what is wanted at the same time', () => {
  it('sends a lone entry in the same turn of the event loop, whatever the clock', async () => {
    const on = stage();
    const { requests, clock } = on;
    const asked = on.ask('a');
    await turn();
    expect(requests.map(({ batch }) => batch)).toEqual([[{ key: 'a', number: 1 }]]);
    await requests[0]?.answer([{ result: 'done' }]);
    expect(await asked).toBe('done');
    expect(clock.waiting()).toBe(0);
  });

  it('takes along what is wanted by all that could run in that turn', async () => {
    const on = stage();
    void on.ask('a');
    await Promise.resolve();
    void on.ask('b');
    process.nextTick(() => {
      void on.ask('c');
    });
    await turn();
    expect(on.sizes()).toEqual([3]);
  });

  it('sends 100 entries in 4 requests of 25, in their order', async () => {
    const on = stage();
    void on.askFor(100);
    await turn();
    expect(on.sizes()).toEqual([25, 25, 25, 25]);
    expect(on.requests.flatMap(({ batch }) => batch.map(({ number }) => number))).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
  });

  it('lets what comes while a request is under way wait for its answer, and travel together', async () => {
    const on = stage();
    void on.ask('a');
    await turn();
    for (const key of ['b', 'c', 'd']) {
      void on.ask(key);
      await turn();
    }
    await on.clock.advance(longestWaitMs - 1);
    expect(on.sizes()).toEqual([1]);
    await on.requests[0]?.answer([{ result: 'done' }]);
    expect(on.sizes()).toEqual([1, 3]);
    await on.requests[1]?.answer([]);
    expect(on.clock.waiting()).toBe(0);
  });

  it(`lets it wait for ${longestWaitMs} ms at most`, async () => {
    const on = stage();
    void on.ask('a');
    await turn();
    void on.ask('b');
    await turn();
    await on.clock.advance(longestWaitMs - 2);
    void on.ask('c');
    await turn();
    await on.clock.advance(1);
    expect(on.sizes()).toEqual([1]);
    await on.clock.advance(1);
    expect(on.sizes()).toEqual([1, 2]);
  });

  it('is not held up for good by requests that hang', async () => {
    const on = stage(1);
    void on.askFor(10);
    await turn();
    expect(on.sizes()).toHaveLength(8);
    await on.clock.advance(4_999);
    expect(on.sizes()).toHaveLength(8);
    await on.clock.advance(1);
    await turn();
    expect(on.sizes()).toHaveLength(10);
    // Those that come back after all are answered, and count no second time.
    for (const request of on.requests) await request.answer([{ result: 'late' }]);
    void on.askFor(10);
    await turn();
    expect([on.sizes().length, on.underWay.size]).toEqual([18, 8]);
  });

  it('sends a full request at once, whatever is under way', async () => {
    const on = stage(3);
    void on.ask('a');
    await turn();
    void on.askFor(4);
    await turn();
    expect(on.sizes()).toEqual([1, 3]);
  });

  it('never names a key twice in a request', async () => {
    const on = stage();
    const asked = ['a', 'b', 'a', 'c', 'a'].map((key) => on.ask(key));
    await turn();
    for (let index = 0; index < 3; index += 1) {
      const request = on.requests[index];
      await request?.answer(resultsOf(request));
    }
    expect(on.requests.map(({ batch }) => batch.map(({ key }) => key))).toEqual([
      ['a', 'b', 'c'],
      ['a'],
      ['a'],
    ]);
    expect(await Promise.all(asked)).toEqual(['a 1', 'b 2', 'a 3', 'c 4', 'a 5']);
  });

  it('has 8 requests under way at most, and sends the next when one of them is answered', async () => {
    const on = stage(2);
    void on.askFor(20);
    await turn();
    await on.clock.advance(100);
    expect(on.sizes()).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
    const [first] = on.requests;
    await first?.answer(resultsOf(first));
    expect(on.requests).toHaveLength(9);
    expect(on.mostUnderWay()).toBe(8);
  });

  it('sends what has waited for too long as soon as one of the 8 is answered', async () => {
    const on = stage(2);
    void on.askFor(17);
    await turn();
    await on.clock.advance(101);
    const [first] = on.requests;
    await first?.answer(resultsOf(first));
    expect(on.sizes().at(8)).toBe(1);
  });

  it('gives each entry its own answer, or its own error', async () => {
    const on = stage();
    const asked = ['a', 'b', 'c'].map((key) => on.ask(key));
    await turn();
    await on.requests[0]?.answer([{ result: 'A' }, { error: new Error('no b') }, { result: 'C' }]);
    expect(await Promise.all(asked)).toEqual(['A', 'no b', 'C']);
  });

  it('takes an answer that is undefined for an answer', async () => {
    const ask = gather<string, string | undefined>({
      most: 1,
      keyOf: (key) => key,
      send: () => Promise.resolve([{ result: undefined }]),
      runtime: testClock(),
    });
    expect(await ask('a')).toBeUndefined();
  });

  it('Promise 8: takes an answer that is missing for an error', async () => {
    const on = stage();
    const asked = [on.ask('a'), on.ask('b')];
    await turn();
    await on.requests[0]?.answer([{ result: 'A' }]);
    expect(await Promise.all(asked)).toEqual(['A', 'the answer has no entry for this one']);
  });

  it('rejects all of a request that fails, and goes on with the next', async () => {
    const on = stage(2);
    const asked = on.askFor(3);
    await turn();
    await on.requests[0]?.fail(new Error('gone'));
    await on.requests[1]?.answer([{ result: 'C' }]);
    expect(await Promise.all(asked)).toEqual(['gone', 'gone', 'C']);
    const later = on.ask('later');
    await turn();
    await on.requests[2]?.answer([{ result: 'again' }]);
    expect(await later).toBe('again');
  });

  it('rejects those of a request that cannot even be made', async () => {
    const ask = gather<string, string>({
      most: 2,
      keyOf: (key) => key,
      send: () => {
        throw new Error('not made');
      },
      runtime: testClock(),
    });
    await expect(Promise.all([ask('a'), ask('b')])).rejects.toThrow('not made');
  });
});

type Step =
  | { readonly kind: 'ask'; readonly key: string }
  | { readonly kind: 'turn' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'answer'; readonly which: number; readonly how: 'all' | 'errors' | 'fewer' | 'none' };

const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask'),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'turn' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 1, max: 7 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('answer'),
      which: fc.nat(7),
      how: fc.constantFrom('all', 'errors', 'fewer', 'none'),
    }),
  },
);

it('answers each entry once, with its own, whatever arrives when and however it is answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryStep, { maxLength: 120 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, most) => {
        const on = stage(most);
        const expected = new Map<number, string>();
        const got: Promise<string>[] = [];
        const answer = async (request: Request, how: string): Promise<void> => {
          const answers = request.batch.map((wanted, index): Answer<string> =>
            how === 'errors' && index % 2 === 1
              ? { error: new Error(`no ${resultOf(wanted)}`) }
              : { result: resultOf(wanted) },
          );
          request.batch.forEach((wanted, index) => {
            const own = answers[index];
            const said = own !== undefined && 'result' in own ? own.result : `no ${resultOf(wanted)}`;
            const isMissing = how === 'fewer' && index === request.batch.length - 1;
            expect(expected.has(wanted.number)).toBe(false);
            expected.set(
              wanted.number,
              how === 'none' ? 'none' : isMissing ? 'the answer has no entry for this one' : said,
            );
          });
          await (how === 'none'
            ? request.fail(new Error('none'))
            : request.answer(how === 'fewer' ? answers.slice(0, -1) : answers));
        };
        for (const step of steps) {
          if (step.kind === 'ask') got.push(on.ask(step.key));
          else if (step.kind === 'turn') await turn();
          else if (step.kind === 'pass') await on.clock.advance(step.ms);
          else {
            const request = [...on.underWay][step.which % Math.max(1, on.underWay.size)];
            if (request !== undefined) await answer(request, step.how);
          }
        }
        await turn();
        for (const request of on.underWay) {
          await answer(request, 'all');
          await on.clock.advance(longestWaitMs);
        }
        expect(await Promise.all(got)).toEqual(got.map((_, index) => expected.get(index + 1)));
        expect(on.requests.flatMap(({ batch }) => batch)).toHaveLength(got.length);
        expect(Math.max(0, ...on.sizes())).toBeLessThanOrEqual(most);
        expect(on.mostUnderWay()).toBeLessThanOrEqual(8);
        for (const { batch } of on.requests)
          expect(new Set(batch.map(({ key }) => key)).size).toBe(batch.length);
        expect(on.clock.waiting()).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});
