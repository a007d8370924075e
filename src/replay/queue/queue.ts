/** A message as it was received. */
export interface QueueMessage {
  /** SQS's message id: the same whenever it is received. */
  readonly id: string;
  readonly body: string;
  /** By which it is deleted or given back; another one with each receive. */
  readonly receipt: string;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
  /** FIFO queues only. */
  readonly groupId: string | undefined;
  /** FIFO queues only, where it was asked for. */
  readonly deduplicationId?: string | undefined;
  /** As texts; binary ones are not among them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Those that are no plain texts, as they are; there if there are any. */
  readonly rawAttributes?: RawAttributes;
}

/** Message attributes by name; of a type `Binary`, or one that begins so, the value is base64. */
export type RawAttributes = Readonly<Record<string, { readonly type: string; readonly value: string }>>;

/** SQS counts approximately. */
export interface QueueFacts {
  readonly visible: number;
  /** Received by somebody and not deleted. */
  readonly inFlight: number;
  readonly delayed: number;
  readonly retentionSeconds: number;
  readonly visibilityTimeoutSeconds: number;
}

/** A queue of dead letters. Its operations take up to any number of messages, and reject with a {@link ReplayError}. */
export interface Queue {
  readonly url: string;
  readonly isFifo: boolean;
  /** @param signal ends the waiting for an answer; then it rejects */
  facts(signal?: AbortSignal): Promise<QueueFacts>;
  /** Up to ten messages, which nobody else gets for as long. Waits up to `waitSeconds` for the first; aborted, resolves to none. */
  receive(options: {
    readonly visibilitySeconds: number;
    readonly waitSeconds: number;
    readonly signal?: AbortSignal;
  }): Promise<readonly QueueMessage[]>;
  /** Nobody else gets them for as long, from now; 0 gives them back. Resolves to the receipts that were not taken. */
  keep(receipts: readonly string[], visibilitySeconds: number): Promise<readonly string[]>;
  /** Resolves to the receipts that were not taken: those messages may still be there. */
  delete(receipts: readonly string[]): Promise<readonly string[]>;
  /** Resolves when SQS has accepted it. */
  send(message: OutgoingMessage): Promise<void>;
}

export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** They take precedence over `attributes` of the same name. */
  readonly rawAttributes?: RawAttributes;
  /** FIFO queues only. */
  readonly fifo?: { readonly groupId: string; readonly deduplicationId: string };
}
