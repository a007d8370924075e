// Replaying
export type { ReplayBy, ReplayClients, ReplayOptions } from './replay-dead-letters.ts';
export { replayDeadLetters } from './replay-dead-letters.ts';
export type { Freshness, IfStale, ReplayEvent, ReplaySummary, ReplayedWork } from './engine/run-options.ts';
export type { Selection } from './engine/selection.ts';
export type { ReplayOutcome } from '../reporting/replay-protocol.ts';

// As a function of a queue
export type { ReplayHandler, ReplayHandlerOptions } from './create-replay-handler.ts';
export { createReplayHandler } from './create-replay-handler.ts';

// Looking into a queue, and working it off by hand
export type { Queue, QueueFacts, QueueMessage } from './queue/queue.ts';
export { sqsQueue } from './queue/sqs-queue.ts';
export type { Found, Pointer } from './reading/found.ts';
export type { ReadMessage } from './engine/run-options.ts';
export { createMessageReader } from './reading/read-message.ts';
export { fetchObjectFromS3 } from './reading/s3-object.ts';
export type { LetterList, ListOptions, ListedMessage, ListTotal } from './letters/list-letters.ts';
export { listDeadLetters } from './letters/list-letters.ts';
export type { DropOptions, DropSummary } from './letters/drop-letters.ts';
export { dropDeadLetters } from './letters/drop-letters.ts';
export { leaveParking } from './letters/leave-parking.ts';
export type { OpenedItem } from './letters/open-item.ts';
export { openItem } from './letters/open-item.ts';
export type { ExportOptions, ExportSummary } from './letters/export-letters.ts';
export { exportDeadLetters } from './letters/export-letters.ts';
export type { ImportOptions, ImportSummary } from './letters/import-letters.ts';
export { importDeadLetters } from './letters/import-letters.ts';
