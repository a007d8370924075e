/**
 * What AWS does not document and no recording of it shows, decided here and nowhere else: where two readings are
 * possible, the one that hides less of what could go wrong in production. docs/local-development.md lists them.
 */
export const unconfirmed = {
  /** The waits between two tries: the curve is not documented. Recorded were 4 invocations within 37 s, 8 within 60 s. */
  backOff: { baseDelayMs: 200, maxDelayMs: 30_000 },
  /** The count of invocations that each half of a bisected batch starts with. "Doesn't consume the retry quota" is all
   * that is documented; so even with no retries allowed a batch is split down to single records. */
  invocationsOfAHalf: 0,
  /** A response that names the first record is no error of the function, so bisecting does not halve its batch. */
  halvesWhenTheFirstRecordIsNamed: false,
  /** A response that is not understood (an unknown identifier, not an object) fails the batch as an error would. */
  halvesWhenTheResponseIsNotUnderstood: true,
  /** What stands in `approximateInvokeCount` for records that were too old before any invocation (seen on Kinesis). */
  invokeCountOfTheNeverInvoked: 1,
  /** Records that may wait for a lane that is held up, and their bytes, before the reading of the shard waits too. */
  waitingRecordsAtMost: 10_000,
  waitingBytesAtMost: 32 * 1024 * 1024,
  /** Which of a shard's lanes an item goes to: any function will do that sends it the same way each time. */
  laneOf: (item: string, lanes: number): number => (lanes === 1 ? 0 : fnv1a(item) % lanes),
  /** The event in an object of a bucket: the documentation shows it as a text. */
  payloadOf: (eventJson: string): unknown => eventJson,
  /** The count that what is left starts with when the first records of a delivery grew too old: that was no progress. */
  invocationsAfterExpiry: (invocations: number): number => invocations,
  /** The size of a tumbling window's state above which the window ends early, in bytes: "1 MB". */
  windowStateBytesAtMost: 1_048_576,
} as const;

function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
