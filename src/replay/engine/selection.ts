/** Which messages are meant; those that all conditions hold for. An empty selection is everything. */
export interface Selection {
  readonly routes?: readonly string[];
  /** Of letters; of a pointer its function's name, as which a consumer is known that has no name of its own. */
  readonly consumers?: readonly string[];
  /** `permanent`, `unreadable`, `schema`, `exhausted`, `parked` for letters; a pointer's `condition`. */
  readonly reasons?: readonly string[];
  /** Names of errors. */
  readonly errors?: readonly string[];
  readonly tables?: readonly string[];
  /** Keys of items as plain values; a part of a key selects all items that have it. */
  readonly keys?: readonly Readonly<Record<string, unknown>>[];
  /** Letter ids, message ids or pointer ids, whole or their beginning. */
  readonly ids?: readonly string[];
  /** Given up at or after. */
  readonly since?: Date;
  /** Given up before. */
  readonly until?: Date;
}
