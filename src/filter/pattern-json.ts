/** JSON whose numbers are kept as they are written. */
export type PatternJson = string | boolean | null | WrittenNumber | readonly PatternJson[] | PatternObject;

/** A Map, so that no key of a pattern can be mistaken for what every object has. */
export type PatternObject = ReadonlyMap<string, PatternJson>;

export interface WrittenNumber {
  readonly written: string;
}

/** Of a key that occurs twice the last one counts, as on Lambda.
 * @throws SyntaxError whose message may quote the text */
export function readPatternJson(text: string): PatternJson {
  return JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value === 'number') return { written: context?.source ?? String(value) };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return new Map(Object.entries(value));
  }) as PatternJson;
}

export const isPatternObject = (json: PatternJson): json is PatternObject => json instanceof Map;

export const isPatternArray = (json: PatternJson): json is readonly PatternJson[] => Array.isArray(json);

export const isWrittenNumber = (json: PatternJson | undefined): json is WrittenNumber =>
  typeof json === 'object' && json !== null && 'written' in json;
