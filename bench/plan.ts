/** The sizes of batches. */
export const batchSizes = [10, 100, 1_000, 10_000] as const;

export type BatchSize = (typeof batchSizes)[number];

/**
 * Every sample handles this many records, in as many batches as that makes, so that for each size the events lie in the
 * processor's caches or outside them to the same extent: ten records would always be in the nearest.
 */
export const recordsPerSample = 10_000;

/** How long each size is handled before it is measured. */
export const warmUpMs = 500;

/** The size at which memory is measured. */
export const usualBatchSize = 1_000;

/** A contestant that has taken longer than this sits out the rounds that are left. */
export const longestPerContestantMs = 12_000;

export const defaultRounds = 3;
