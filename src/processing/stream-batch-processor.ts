import { BasePartialBatchProcessor, EventType } from '@aws-lambda-powertools/batch';
import type {
  BaseRecord,
  EventSourceDataClassTypes,
  FailureResponse,
  PartialItemFailures,
  SuccessResponse,
} from '@aws-lambda-powertools/batch/types';
import { BrokenPromiseError } from '../errors.ts';
import { compareSequenceNumbers } from '../stream/sequence-number.ts';
import { sequenceNumberOf } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import type { OutcomeName } from './outcome.ts';
import { isSettled } from './outcome.ts';

/** Handles a whole batch: an outcome for each record. */
export type HandleBatch = (records: readonly RawRecord[]) => Promise<readonly OutcomeName[]>;

/**
 * Powertools' batch processor for a stream. The base class asks for each record by itself; here they are handled
 * together, so that lanes and the deadline can say what is started, and each record then gets its own outcome.
 * A processor is for one batch.
 */
export class StreamBatchProcessor extends BasePartialBatchProcessor {
  readonly #handleBatch: HandleBatch;
  /** The base class looks into the environment whenever it is asked for its own. */
  #records: readonly BaseRecord[] = [];
  #outcomes: Promise<readonly OutcomeName[]> | undefined;
  #asked = 0;

  constructor(handleBatch: HandleBatch) {
    super(EventType.DynamoDBStreams);
    this.#handleBatch = handleBatch;
  }

  override prepare(): void {
    super.prepare();
    this.#asked = 0;
    this.#records = this.records;
    this.#outcomes = this.#handleBatch(this.#records as readonly RawRecord[]);
    // Each record awaits it; a batch without records must not leave its rejection unheard.
    this.#outcomes.catch(() => undefined);
  }

  /** The base class asks in the records' order. */
  override async processRecord(record: BaseRecord): Promise<SuccessResponse | FailureResponse> {
    const index = this.#asked;
    this.#asked += 1;
    const outcome = (await this.#outcomes)?.[index];
    if (outcome === undefined || this.#records[index] !== record)
      throw new BrokenPromiseError(`record ${index} of the batch has no outcome`);
    return isSettled(outcome)
      ? this.successHandler(record, outcome)
      : this.failureHandler(record, new Error(outcome));
  }

  /** The base class would keep a list of what went well, which nothing reads, and ask the environment for each entry. */
  override successHandler(record: EventSourceDataClassTypes, result: unknown): SuccessResponse {
    return ['success', result, record];
  }

  override processRecordSync(): never {
    throw new BrokenPromiseError('a stream batch is not processed synchronously');
  }

  /**
   * One entry is enough, for Lambda delivers it and everything after it again; and it must be the lowest, for the base
   * class leaves out a record without a sequence number, and with it the batch would count as done.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
   */
  override getMessagesToReport(): PartialItemFailures[] {
    const numbers = this.failureMessages.map((record) => sequenceNumberOf(record as RawRecord));
    const lowest = numbers.reduce((a, b) => (compareSequenceNumbers(a, b) <= 0 ? a : b));
    if (lowest === '')
      throw new BrokenPromiseError('an unsettled record has no sequence number to report it by');
    return [{ itemIdentifier: lowest }];
  }
}
