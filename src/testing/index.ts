export type { PlainItem, RecordOverrides } from './records.ts';
export { insertRecord, modifyRecord, removeRecord, streamEvent } from './records.ts';
export type { LambdaContextOptions, TestContext } from './lambda-context.ts';
export { lambdaContext } from './lambda-context.ts';
export type { MemoryLedger } from './memory-ledger.ts';
export { memoryLedger } from './memory-ledger.ts';
export type { MemoryDeadLetters } from './memory-dead-letters.ts';
export { memoryDeadLetters } from './memory-dead-letters.ts';
