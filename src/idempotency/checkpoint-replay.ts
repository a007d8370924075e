import type { Inherited } from './checkpoint-entries.ts';
import { readInherited } from './checkpoint-entries.ts';
import type { Ledger, RecordWork } from './session.ts';
import type { Store } from './store.ts';

/**
 * For batches that Lambda gave up on a consumer with checkpoints: what was settled of such a batch stands in no entry of its
 * own, but in the checkpoints at the batch's bounds, which are the pointer's.
 */
export const heedCheckpoints = (store: Store, claims: Ledger): Ledger => ({
  ...claims,
  open(options) {
    const session = claims.open(options);
    const found = new Map<string, Promise<Inherited>>();
    const inherited = (
      { consumer, eventSourceArn }: RecordWork,
      { first, last }: { readonly first: string; readonly last: string },
    ): Promise<Inherited> => {
      const name = `${eventSourceArn} ${first} ${last}`;
      const known = found.get(name);
      if (known !== undefined) return known;
      const reading = readInherited(
        store,
        { consumer, eventSourceArn, first, last },
        [first, last],
        options.runtime.now,
      );
      found.set(name, reading);
      // One that failed is read again.
      reading.catch(() => found.delete(name));
      return reading;
    };
    return {
      ...session,
      async take(work) {
        const { settled } = work.givenUpIn === undefined ? nothing : await inherited(work, work.givenUpIn);
        const as = settled.get(BigInt(work.sequenceNumber))?.get(work.route);
        return as === undefined ? session.take(work) : { kind: 'settled', as };
      },
    };
  },
});

const nothing: Pick<Inherited, 'settled'> = { settled: new Map() };
