import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { OnFailurePointer } from '../../../src/local/index.ts';
import type { Checkpoints } from '../../../src/local/index.ts';
import { runScripted } from '../run-scripted.ts';
import { scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { sequenceNumberOf } from '../shop.ts';
import { virtualClock } from '../virtual-clock.ts';

it('stop, abandon and resume at any time lose nothing, and keep the order of an item', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        records: fc.array(
          fc.record({
            item: fc.constantFrom('a', 'b', 'c'),
            wanted: fc.boolean(),
            second: fc.integer({ min: 0, max: 3 }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        settings: fc.record({
          BatchSize: fc.integer({ min: 1, max: 9 }),
          ParallelizationFactor: fc.integer({ min: 1, max: 3 }),
          MaximumRetryAttempts: fc.integer({ min: -1, max: 3 }),
          BisectBatchOnFunctionError: fc.boolean(),
          MaximumRecordAgeInSeconds: fc.constantFrom(-1, 60),
          TumblingWindowInSeconds: fc.constantFrom(0, 0, 2),
          MaximumBatchingWindowInSeconds: fc.constantFrom(0, 0, 1),
        }),
        dice: fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
        stops: fc.array(fc.record({ afterCalls: fc.integer({ min: 0, max: 12 }), abandon: fc.boolean() }), {
          maxLength: 4,
        }),
        cut: fc.integer({ min: 0, max: 30 }),
        reports: fc.boolean(),
      }),
      async ({ records, settings, dice, stops, cut, reports }) => {
        let total = 0;
        const violations: string[] = [];
        const roll = () => Number(dice.next().value ?? 99);
        let second = 0;
        const changes = records.map(({ item, wanted, second: s }, i) => ({
          n: i + 1,
          item,
          second: (second += s),
          newImage: { kind: { S: wanted ? 'wanted' : 'not' } },
        }));
        const shards = [
          { shardId: 'p', records: changes.slice(0, cut), isClosed: true },
          { shardId: 'c', parentShardId: 'p', records: changes.slice(cut), isClosed: true },
        ];
        const clock = virtualClock(second * 1_000);
        const inside = new Map<string, number>();
        const done = new Set<string>();
        const lastOf = new Map<string, number>();
        const given = new Set<string>();
        let checkpoints: Checkpoints = {};
        const settledBehind = (at: Checkpoints) =>
          changes.filter(({ n }, i) => {
            const cp = at[i < cut ? 'p' : 'c'];
            return cp?.kind === 'drained' || (cp?.kind === 'after' && n <= Number(cp.sequenceNumber));
          });
        const check = (at: Checkpoints) => {
          for (const change of settledBehind(at)) {
            const ok =
              done.has(String(change.n)) || given.has(String(change.n)) || change.newImage.kind.S === 'not';
            if (!ok)
              throw new Error(
                `record ${change.n} is behind the checkpoint ${JSON.stringify(at)} and not settled`,
              );
          }
        };
        for (const stop of [...stops, undefined]) {
          let calls = 0;
          const due = Promise.withResolvers<undefined>();
          const send = async (pointer: OnFailurePointer) => {
            await Promise.resolve();
            if (roll() < 30) throw new Error('refused');
            const info = pointer.DDBStreamBatchInfo;
            // By range, as a reader of the pointer has it; lanes may lie between, so only those of the batch's items count.
            for (const { n } of changes)
              if (n >= Number(info.startSequenceNumber) && n <= Number(info.endSequenceNumber))
                given.add(String(n));
          };
          const { mapping, errors } = await runScripted(streamsOf(shards), {
            ...settings,
            clock,
            resumeFrom: checkpoints,
            send,
            FunctionResponseTypes: reports ? ['ReportBatchItemFailures'] : [],
            retry: { baseDelayMs: 3_000, maxDelayMs: 20_000 },
            FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["wanted"]}}}}' }] },
            invoke: async ({ Records }) => {
              calls += 1;
              total += 1;
              if (stop && calls > stop.afterCalls) due.resolve(undefined);
              const ids = Records.map(sequenceNumberOf);
              const items = ids.map((id) => changes[Number(id) - 1]?.item ?? '');
              for (const item of new Set(items)) {
                const c = (inside.get(item) ?? 0) + 1;
                inside.set(item, c);
                if (c > 1) violations.push('concurrent ' + item);
              }
              await clock.sleep(10, new AbortController().signal);
              for (const item of new Set(items)) inside.set(item, (inside.get(item) ?? 1) - 1);
              const r = total > 300 ? 99 : roll();
              const good =
                r >= 50 ? ids.length : r >= 20 && reports ? r % Math.max(1, ids.length) : r < 20 ? -1 : 0;
              if (good === -1 || (!reports && good < ids.length)) throw new Error('no');
              ids.slice(0, good).forEach((id) => {
                const item = changes[Number(id) - 1]?.item ?? '';
                if (!done.has(id) && !given.has(id) && Number(id) < (lastOf.get(item) ?? 0))
                  violations.push(`order ${id}`);
                done.add(id);
                lastOf.set(item, Math.max(lastOf.get(item) ?? 0, Number(id)));
              });
              return {
                state: {},
                batchItemFailures: good < ids.length ? [{ itemIdentifier: ids[good] }] : [],
              };
            },
          });
          const caught = mapping.untilCaughtUp().then(
            () => 'caught',
            () => 'stopped',
          );
          const watch = setInterval(() => check(mapping.checkpoints()), 1);
          await Promise.race(stop ? [due.promise, caught] : [caught]);
          clearInterval(watch);
          await mapping.stop({ abandon: stop?.abandon ?? false });
          if (stop?.abandon) await clock.sleep(1_000, new AbortController().signal); // let the abandoned functions end
          const next = mapping.checkpoints();
          check(next);
          for (const id of ['p', 'c']) {
            const [a, b] = [checkpoints[id], next[id]];
            if (a?.kind === 'drained' && b?.kind !== 'drained') throw new Error('backwards');
            if (
              a?.kind === 'after' &&
              b?.kind === 'after' &&
              Number(b.sequenceNumber) < Number(a.sequenceNumber)
            )
              throw new Error('backwards');
          }
          expect(
            errors.filter(
              ({ message }) => !message.includes('did not accept') && !message.includes('is disabled'),
            ),
          ).toEqual([]);
          checkpoints = next;
        }
        expect(violations).toEqual([]);
        expect(checkpoints).toEqual({ p: { kind: 'drained' }, c: { kind: 'drained' } });
      },
    ),
    { numRuns: 250 },
  );
});
