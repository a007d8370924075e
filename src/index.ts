// Declaring what to do
export type { Router, RouterOptions, AnyRouter } from './routing/router.ts';
export { createRouter } from './routing/router.ts';
export type { Entity, EntityOptions } from './routing/entity.ts';
export { anyItem, entity } from './routing/entity.ts';
export type { Literal, Matcher, Pattern, Where } from './routing/where.ts';
export { absent, endsWith, exists, not, oneOf, startsWith } from './routing/where.ts';
export type {
  ChangeOptions,
  Handle,
  InsertOptions,
  Middleware,
  ModifyOptions,
  RemoveOptions,
  RetryOptions,
  Route,
  RouteContext,
  RouterDefinition,
} from './routing/route.ts';

// Making it a Lambda function
export type { DescribedHandler, StreamHandler } from './create-handler.ts';
export type { HandlerDescription } from './describe-handler.ts';
export { createHandler } from './create-handler.ts';
export type { HandlerOptions } from './handler-options.ts';
export type { RouteDescription } from './routing/describe-routes.ts';
export type { BatchResponse } from './reporting/batch-response.ts';

// What handlers see
export type {
  Attribute,
  ChangeFacts,
  ChangeRecord,
  Image,
  InsertRecord,
  ModifyRecord,
  RemoveRecord,
} from './stream/change.ts';
export type { DecodedNumber } from './stream/number.ts';
export { NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
export type { EventName, MarshalledImage, RawRecord, StreamView } from './stream/record.ts';

// The ledger
export type { DynamoDBLedgerOptions } from './idempotency/table-ledger.ts';
export { dynamoDBLedger } from './idempotency/dynamodb-ledger.ts';
export type { Guarantee, LedgerOptions, LedgerSettings } from './idempotency/guarantee.ts';
export type { CommitWrite } from './routing/commit-write.ts';

// Dead letters
export type { DeadLetters, Letter, SqsLetterPlaces } from './dead-letter/letter.ts';
export type { SqsDeadLettersOptions } from './dead-letter/sqs-dead-letters.ts';
export { sqsDeadLetters } from './dead-letter/sqs-dead-letters.ts';
export type { DecodeOptions, FetchElsewhere } from './dead-letter/decode-letter.ts';
export { decodeLetter } from './dead-letter/decode-letter.ts';
export type { S3Place } from './dead-letter/encode-letter.ts';
export type { AnyS3Client } from './dead-letter/s3-records.ts';
export { fetchFromS3 } from './dead-letter/s3-records.ts';

// What becomes of records and errors
export type { WriteLine } from './reporting/failure-log.ts';
export type {
  BatchEvent,
  CheckpointLostEvent,
  ClaimLostEvent,
  LetterEvent,
  Observer,
  RecordEvent,
} from './processing/observer.ts';
export type { OutcomeName, RecordResult, RouteResult } from './processing/outcome.ts';
export type { Classify, LetterReason, Verdict } from './processing/verdict.ts';
export type { FailedCondition, SchemaIssue, SpillwayErrorCode } from './errors.ts';
export {
  AlreadySettledError,
  BrokenPromiseError,
  ClaimHeldError,
  ClaimLostError,
  CommitConditionError,
  CommitRefusedError,
  DeadLetterError,
  InvalidEventError,
  InvalidLetterError,
  InvalidOptionError,
  ItemParkedError,
  LedgerError,
  LetterTooLargeError,
  LocalStackError,
  MissingEnvironmentError,
  PermanentError,
  ReplayError,
  RouteTimeoutError,
  SchemaError,
  SpillwayError,
  StaleLetterError,
  TransientError,
  UnreadableRecordError,
  ViewMismatchError,
} from './errors.ts';
