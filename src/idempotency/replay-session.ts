import type { Hold, LedgerSession, RecordWork, Taken } from './session.ts';

/**
 * A session for work that comes out of letters. What was dead-lettered is settled as far as the stream goes, and stays so:
 * while its letter is replayed, a redelivery must not run it as well. The replay therefore claims an entry beside the
 * work's own, and what it settles is remembered there.
 * @param claims a session that claims: replays run beside each other and beside the stream
 */
export const replaySession = (claims: LedgerSession): LedgerSession => ({
  ...claims,
  async take(work) {
    if (work.isFromLetter !== true) return claims.take(work);
    const replay = await claims.take(besides(work));
    return replay.kind === 'mine' ? takeOver(claims, work, replay.hold) : replay;
  },
});

/** Written out, for a work may be of a class. */
const besides = ({ consumer, route, eventSourceArn, eventId, sequenceNumber }: RecordWork): RecordWork => ({
  consumer,
  route,
  eventSourceArn,
  eventId,
  sequenceNumber,
  claimedAs: 'replay',
});

async function takeOver(claims: LedgerSession, work: RecordWork, replay: Hold): Promise<Taken> {
  let taken: Taken;
  try {
    // That it was dead-lettered is nearly always so, and final.
    const standing = await claims.look?.(work);
    if (standing?.kind === 'settled' && standing.as === 'dead-lettered')
      return { kind: 'mine', hold: replay };
    taken = await claims.take(work);
  } catch (error) {
    await letGo(replay);
    throw error;
  }
  if (taken.kind === 'settled' && taken.as === 'dead-lettered') return { kind: 'mine', hold: replay };
  // Nothing is remembered of it: both are held, for a late word of the run that wrote the letter may yet come upon one.
  if (taken.kind === 'mine') return { kind: 'mine', hold: holdBoth(taken.hold, replay) };
  // A redelivery has settled it or has it in hand.
  await letGo(replay);
  return taken;
}

/** A late word may have come upon the work's own entry, as that it was dead-lettered: what the other one says counts. */
const holdBoth = (own: Hold, replay: Hold): Hold => ({
  confirm: replay.confirm,
  async complete(as) {
    await own.complete(as);
    return replay.complete(as);
  },
  async release() {
    await own.release();
    return replay.release();
  },
  async commit(writes) {
    const word = await own.commit(writes);
    // It is committed: that the other entry cannot be written changes nothing.
    if (word === 'kept') await replay.complete('handled').catch(() => undefined);
    else await letGo(replay);
    return word;
  },
});

/** One that cannot be released ends with its lease. */
const letGo = async (hold: Hold): Promise<void> => {
  await hold.release().catch(() => undefined);
};
