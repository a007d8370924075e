// Replaying
export type { ReplayBy, ReplayClients, ReplayOptions } from './replay-dead-letters.ts';
export { replayDeadLetters } from './replay-dead-letters.ts';
export type { Freshness, IfStale, ReplayEvent, ReplaySummary, ReplayedWork } from './engine/run-options.ts';
export type { Selection } from './engine/selection.ts';
export type { ReplayOutcome } from '../reporting/replay-protocol.ts';

// As a function of a queue
export type { ReplayHandler, ReplayHandlerOptions } from './create-replay-handler.ts';
export { createReplayHandler } from './create-replay-handler.ts';
