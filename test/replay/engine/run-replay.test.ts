import { describe, expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import { runReplay } from '../../../src/replay/engine/run-replay.ts';
import { letterOf, pointerBody, recordOfChange, scripted } from './run-scripted.ts';

describe('a replay', () => {
  it('runs the letters of an item in the order of its changes, whatever the order in the queue', async () => {
    const replay = scripted();
    for (const change of [3, 1, 2]) replay.putLetter(letterOf('a', change));
    const summary = await runReplay(replay.options);
    expect(replay.ran.map(({ change }) => change)).toEqual([1, 2, 3]);
    expect(replay.messages.size).toBe(0);
    expect(summary).toMatchObject({ selected: 3, settled: 3, left: 0, outcomes: { handled: 3 } });
  });

  it('runs a letter once that lies in the queue twice, and deletes both', async () => {
    const replay = scripted();
    replay.putLetter(letterOf('a', 1));
    replay.putLetter(letterOf('a', 1));
    const summary = await runReplay(replay.options);
    expect(replay.ran).toHaveLength(1);
    expect(summary).toMatchObject({ selected: 2, settled: 2, left: 0 });
  });

  it('sends nothing of an item behind a failure, and gives it back', async () => {
    const replay = scripted({ script: ({ change }) => (change === 2 ? 'failed' : 'handled') });
    for (const change of [1, 2, 3]) replay.putLetter(letterOf('a', change));
    const summary = await runReplay(replay.options);
    expect(summary).toMatchObject({ selected: 3, settled: 1, left: 2 });
    expect(summary.outcomes).toEqual({ handled: 1, failed: 1, blocked: 1 });
    expect(replay.visible()).toHaveLength(2);
  });

  it('writes a letter anew that has failed again, with its attempts added up and the latest error', async () => {
    const replay = scripted({ script: () => 'failed' });
    const letter = letterOf('a', 1);
    const old = replay.putLetter(letter);
    await runReplay(replay.options);
    const [anew] = replay.visible();
    expect(anew?.id).not.toBe(old);
    expect(JSON.parse(anew?.body ?? '')).toEqual({
      ...letter,
      attempts: letter.attempts + 1,
      error: { name: 'TypeError', message: 'no', stack: '', issues: [] },
    });
    expect(anew?.attributes).toMatchObject({ route: 'tell-customer', errorName: 'TypeError' });
    expect(replay.ran).toHaveLength(1);
  });

  it('lets the old letter be if the queue does not accept the new one', async () => {
    const replay = scripted({ script: () => 'failed' });
    const old = replay.putLetter(letterOf('a', 1));
    replay.refuses.send = true;
    await runReplay(replay.options);
    expect(replay.visible().map(({ id }) => id)).toEqual([old]);
    expect(replay.events.filter(({ kind }) => kind === 'trouble')).toHaveLength(1);
  });

  it('deletes a pointer when all of its records are settled, and not before', async () => {
    const records = [1, 2, 3].map((change) => recordOfChange(`item-${change}`, change));
    const failing = scripted({ script: ({ change }) => (change === 2 ? 'failed' : 'handled') });
    const id = failing.put({ body: pointerBody('p', records) });
    await runReplay(failing.options);
    expect(failing.visible().map((one) => one.id)).toEqual([id]);

    const working = scripted({ script: () => 'dead-lettered' });
    working.put({ body: pointerBody('p', records) });
    expect(await runReplay(working.options)).toMatchObject({ selected: 1, settled: 1, left: 0 });
  });

  it('sends again what was deferred, as long as something comes of it', async () => {
    const replay = scripted({
      options: { concurrency: 1 },
      script: ({ letterId }, { spillwayReplay }) => {
        const at = spillwayReplay.works.findIndex((work) => 'letterId' in work && work.letterId === letterId);
        return at < 2 ? 'handled' : 'deferred';
      },
    });
    for (let change = 1; change <= 9; change += 1) replay.putLetter(letterOf('a', change));
    expect(await runReplay(replay.options)).toMatchObject({ settled: 9, left: 0 });

    const stuck = scripted({ script: () => 'deferred' });
    stuck.putLetter(letterOf('a', 1));
    expect((await runReplay(stuck.options)).outcomes).toEqual({ deferred: 1 });
  });

  it('runs letters of one change of a parked item in the order of their places', async () => {
    const replay = scripted({ options: { concurrency: 1 } });
    const [first, second, third] = ['z', 'a', 'm'].map((route) => letterOf('a', 1, { route }));
    if (!first || !second || !third) throw new Error('no letters');
    const chain = [
      { ...third, parked: { lane: 'p', place: 2 } },
      { ...second, parked: { lane: 'p', place: 1 } },
      { ...first, parked: { lane: 'p', place: 0 } },
    ];
    for (const letter of chain) replay.putLetter(letter);
    await runReplay(replay.options);
    expect(replay.ran.map(({ letterId }) => letterId)).toEqual([first.id, second.id, third.id]);
  });

  it('takes no more messages than it may, the oldest changes first and items from their beginning', async () => {
    const replay = scripted({ options: { max: 3, concurrency: 1 } });
    for (const [item, change] of [
      ['b', 5],
      ['a', 1],
      ['b', 2],
      ['a', 4],
    ] as const)
      replay.putLetter(letterOf(item, change));
    const summary = await runReplay(replay.options);
    expect(replay.ran.map(({ change }) => change).toSorted()).toEqual([1, 2, 4]);
    expect(summary).toMatchObject({ selected: 3, settled: 3, left: 0 });
    expect(replay.visible()).toHaveLength(1);
  });

  it('only says what it would run, in the order in which one after the other would run', async () => {
    const put = (replay: ReturnType<typeof scripted>) => {
      for (const [item, change] of [
        ['b', 5],
        ['a', 1],
        ['b', 2],
        ['a', 4],
        ['c', 3],
      ] as const)
        replay.putLetter(letterOf(item, change, { consumer: change % 2 === 0 ? 'even' : 'odd' }));
    };
    const dry = scripted({ options: { dryRun: true } });
    put(dry);
    const summary = await runReplay(dry.options);
    expect(summary).toMatchObject({ selected: 5, settled: 0, left: 5, outcomes: { 'not run': 5 } });
    expect(dry.visible()).toHaveLength(5);
    const real = scripted({ options: { concurrency: 1 } });
    put(real);
    await runReplay(real.options);
    const shown = dry.events.flatMap((event) => (event.kind === 'would-run' ? [event.work.id] : []));
    expect(shown).toEqual(real.ran.map(({ letterId }) => letterId));
  });

  it('leaves foreign messages alone and says so', async () => {
    const replay = scripted();
    replay.put({ body: 'hello' });
    replay.putLetter(letterOf('a', 1));
    const summary = await runReplay(replay.options);
    expect(summary).toMatchObject({ selected: 2, settled: 1, left: 1, foreign: 1 });
    expect(replay.visible().map(({ body }) => body)).toEqual(['hello']);

    const selective = scripted({ options: { selection: { routes: ['tell-customer'] } } });
    selective.put({ body: 'hello' });
    expect(await runReplay(selective.options)).toMatchObject({ selected: 0, left: 0, foreign: 1 });
    // Nobody asked for it, and there may be thousands.
    expect(selective.events.filter(({ kind }) => kind === 'left')).toEqual([]);
  });

  it('leaves an expired pointer, and runs what can be had if that is asked for', async () => {
    const expired = { kind: 'expired', records: [recordOfChange('a', 2)], why: 'it is gone.' } as const;
    const readRange = () => Promise.resolve(expired);
    const left = scripted({ options: { readRange } });
    left.put({ body: pointerBody('p', []) });
    expect(await runReplay(left.options)).toMatchObject({ selected: 1, left: 1, outcomes: { expired: 1 } });

    const fromTable = () => Promise.resolve([recordOfChange('b', 9)]);
    const had = scripted({ options: { readRange, expired: { fromTable, settles: true } } });
    had.put({ body: pointerBody('p', []) });
    expect(await runReplay(had.options)).toMatchObject({ selected: 1, settled: 1, left: 0 });
    expect(had.ran.map(({ item }) => item).toSorted()).toEqual(['a', 'b']);
  });

  it('leaves an expired pointer though the items that were named have run, unless these are said to be all', async () => {
    const expired = { kind: 'expired', records: [recordOfChange('a', 2)], why: 'it is gone.' } as const;
    const replay = scripted({
      options: {
        readRange: () => Promise.resolve(expired),
        expired: { fromTable: () => Promise.resolve([recordOfChange('b', 9)]) },
      },
    });
    const id = replay.put({ body: pointerBody('p', [recordOfChange('x', 1), recordOfChange('y', 2)]) });
    expect(await runReplay(replay.options)).toMatchObject({
      selected: 1,
      settled: 0,
      left: 1,
      outcomes: { handled: 2, expired: 1 },
    });
    expect(replay.visible().map((one) => one.id)).toEqual([id]);
    const said = replay.events.flatMap((event) => (event.kind === 'left' ? [event.why] : []));
    expect(said).toEqual([expect.stringMatching(/^it is gone\. At least 1 of its 2 records are lost/)]);
    expect(said[0]).toContain('`spillway dlq drop --id p`');
  });

  it('leaves a pointer to whose table a key that was named does not fit, and runs all else', async () => {
    const expired = { kind: 'expired', records: [], why: 'it is gone.' } as const;
    const replay = scripted({
      options: {
        readRange: () => Promise.resolve(expired),
        expired: { fromTable: () => Promise.reject(new ReplayError('a key is not one of the table')) },
      },
    });
    replay.put({ body: pointerBody('p', []) });
    replay.putLetter(letterOf('a', 1));
    expect(await runReplay(replay.options)).toMatchObject({ selected: 2, settled: 1, left: 1 });
    expect(replay.events).toContainEqual(
      expect.objectContaining({ kind: 'left', why: 'it is gone. a key is not one of the table' }),
    );
  });

  it('runs the letters of a consumer though those of another for the same item are refused', async () => {
    const replay = scripted({ script: ({ consumer }) => (consumer === 'billing' ? 'refused' : 'handled') });
    replay.putLetter(letterOf('a', 1, { consumer: 'billing' }));
    replay.putLetter(letterOf('a', 2, { consumer: 'orders' }));
    expect((await runReplay(replay.options)).outcomes).toEqual({ refused: 1, handled: 1 });
  });

  it('keeps the records of a pointer in order with the letters of the consumer that its function is', async () => {
    const replay = scripted({
      options: { concurrency: 4 },
      script: ({ change }) => (change === 1 ? 'failed' : 'handled'),
    });
    replay.put({ body: pointerBody('p', [recordOfChange('a', 2)]) });
    replay.putLetter(letterOf('a', 1, { consumer: 'named otherwise than its function' }));
    replay.putLetter(letterOf('a', 3, { consumer: 'named otherwise than its function' }));
    expect((await runReplay(replay.options)).outcomes).toEqual({ failed: 1, blocked: 2 });
  });

  it('runs a letter that was made by hand with the names of another', async () => {
    const replay = scripted();
    const letter = letterOf('a', 1);
    const forged = letterOf('b', 1);
    replay.putLetter(letter);
    replay.putLetter({
      ...forged,
      id: letter.id,
      record: { ...forged.record, eventID: String(letter.record.eventID) },
    });
    expect(await runReplay(replay.options)).toMatchObject({ settled: 2 });
    expect(replay.ran.map(({ item }) => item).toSorted()).toEqual(['a', 'b']);
  });

  it('runs a letter at each of its places in the line of a parked item, the first one first', async () => {
    const replay = scripted({ options: { concurrency: 1 } });
    const letter = letterOf('a', 1);
    for (const place of [2, 0]) replay.putLetter({ ...letter, parked: { lane: 'p', place } });
    expect(await runReplay(replay.options)).toMatchObject({ settled: 2, left: 0 });
    const places = replay.requests.flatMap(({ spillwayReplay: { works } }) =>
      works.map((work) => (work.kind === 'letter' ? work.parked?.place : undefined)),
    );
    expect(places).toEqual([0, 2]);
  });

  it('works off a FIFO queue group by group, round after round', async () => {
    const replay = scripted({
      queue: { isFifo: true },
      script: ({ item, change }) => (item === 'b' && change === 11 ? 'failed' : 'handled'),
    });
    for (let change = 1; change <= 25; change += 1)
      for (const groupId of ['a', 'b'])
        replay.put({ body: JSON.stringify(letterOf(groupId, change)), groupId });
    const summary = await runReplay(replay.options);
    const of = (name: string) =>
      replay.ran
        .filter(({ item, outcome }) => item === name && outcome !== 'blocked')
        .map(({ change }) => change);
    expect(of('a')).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    expect(of('b').at(-1)).toBe(11);
    expect(summary.settled).toBe(35);
    expect(replay.visible()).toHaveLength(15);
  });

  it('runs no more than so many pieces of work a second', async () => {
    const replay = scripted({ options: { ratePerSecond: 20 } });
    for (let change = 1; change <= 60; change += 1) replay.putLetter(letterOf(`item-${change}`, change));
    const { durationMs } = await runReplay(replay.options);
    expect(durationMs).toBeGreaterThan(2_500);
    expect(durationMs).toBeLessThan(3_500);
  });

  it('never asks for more at once than it may', async () => {
    const open = { now: 0, most: 0 };
    const replay = scripted({ options: { concurrency: 7 }, during: () => new Promise(setImmediate) });
    const { target } = replay.options;
    for (let change = 1; change <= 300; change += 1) replay.putLetter(letterOf(`item-${change}`, change));
    await runReplay({
      ...replay.options,
      target: {
        ...target,
        async run(request, name) {
          open.now += request.spillwayReplay.concurrency ?? 0;
          open.most = Math.max(open.most, open.now);
          const results = await target.run(request, name);
          open.now -= request.spillwayReplay.concurrency ?? 0;
          return results;
        },
      },
    });
    expect(open.most).toBe(7);
    expect(replay.ran).toHaveLength(300);
  });
});
