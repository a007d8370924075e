/**
 * When Lambda stops trying: the mapping's two bounds, and why they are these.
 *
 * They must be wide enough for an outage of an hour downstream, and narrow enough for a record that kills the process. Between
 * attempts Lambda backs off, by a curve that AWS does not document. What there is: one recording of DynamoDB with four
 * attempts in 37 s, and two of Kinesis with 8 in 60 s and 11 in 14.5 minutes; an emulator (LocalStack) takes 0.5 s times 1.5
 * each, up to 60 s. So all hours below are estimates: by the emulator's curve, and in brackets by the slowest recording.
 *
 * The outage. Handlers throw `TransientError`, and each batch is tried until the function's time is over. An hour is some 70
 * attempts (20). 200 retries last for an hour if an attempt comes every 18 seconds or less often. By the same recordings,
 * every settled record in between sets the count back to zero.
 *
 * The killer. Bisect halves the batch until the record is alone, which costs no retries. Alone it is tried 201 times: some
 * 3.5 hours, 5 with a function that hangs for 30 seconds each time. Then its pointer is in the queue, and the shard goes on.
 *
 * The age is the second line, for attempts or back-offs of minutes (the slowest recording would take the killer 15 hours).
 * At 12 hours a pointer is written; it holds no records, and for the 12 hours that are left the stream has what it points
 * to. It stands well above what the retries should take, because Lambda gives up by age whatever is old: where it is the first
 * bound to be reached, the records that waited behind the killer are given up right after it, untried.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export const retryBounds = {
  maximumRetryAttempts: 200,
  maximumRecordAgeInSeconds: 12 * 60 * 60,
} as const;
