/** A checked filter pattern: what `parseFilterPattern` makes of the text. Plain data. */
export interface FilterPattern {
  /** All of them must match; no name occurs twice. */
  readonly fields: readonly FieldPattern[];
  /** The patterns under `$or`, of which one must match as well; empty where there is no `$or`. */
  readonly anyOf: readonly FilterPattern[];
}

/** What a key of the record must hold: an object that matches in its turn, or a leaf that passes one of the tests. */
export type FieldPattern =
  | { readonly kind: 'branch'; readonly name: string; readonly pattern: FilterPattern }
  | { readonly kind: 'leaf'; readonly name: string; readonly tests: readonly LeafTest[] };

/** One element of the array at a leaf of a pattern. */
export type LeafTest = ValueTest | { readonly kind: 'absent' };

/** A test of one leaf of the record: a string, a number, a boolean or null. */
export type ValueTest =
  | { readonly kind: 'present' }
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  /** As it is written in the pattern: "300" and "300.0" are two. */
  | { readonly kind: 'number'; readonly written: string }
  | { readonly kind: 'equals-ignore-case'; readonly value: string }
  | { readonly kind: 'prefix' | 'suffix'; readonly value: string; readonly ignoresCase: boolean }
  | { readonly kind: 'numeric'; readonly comparisons: readonly NumericComparison[] }
  /** Passed by a leaf that passes none of these. */
  | { readonly kind: 'anything-but'; readonly tests: readonly ValueTest[] };

export interface NumericComparison {
  readonly operator: '=' | '<' | '<=' | '>' | '>=';
  readonly operand: number;
}
