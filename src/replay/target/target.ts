import type { ReplayRequest, ReplayResult, ReplayWork } from '../../reporting/replay-protocol.ts';
import type { RawRecord } from '../../stream/record.ts';

/** What works off what is replayed: a handler in this process, or a function on Lambda. */
export interface ReplayTarget {
  /** For messages: `the function "shop-prod-orders"`. */
  readonly description: string;
  /**
   * Why the records that Lambda gave up in a function are not for it; undefined: they are. Two functions may send their
   * pointers to one queue, and the records of the one are settled, or nothing, to the other.
   */
  refusalOfPointer(functionName: string): string | undefined;
  /**
   * Resolves to a result for each of the request's records, in their order. Whatever goes wrong is a result `failed` that
   * says so; it rejects only for what ends the whole replay (no rights, no such function), with a `ReplayError`.
   * @param functionName the function that wrote the letters or was given up on, for consumers named after it
   */
  run(request: ReplayRequest, functionName: string): Promise<readonly ReplayResult[]>;
  /** Why it is going to refuse a piece of work, where that can be told without asking it. */
  readonly foreseeRefusal?: (work: ReplayWork, record: RawRecord) => string | undefined;
}
