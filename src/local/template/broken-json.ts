/** How far a text has been read as JSON: what may come next, and which brackets are open. */
interface State {
  readonly expects: 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'separator';
  readonly open: readonly string[];
}

/**
 * The index of what makes a text no JSON; its length if it only ends too early. The error of `JSON.parse` tells it in
 * words, and for most mistakes not at all.
 */
export function brokenAt(text: string): number {
  let state: State = { expects: 'value', open: [] };
  for (const { 0: token, index } of text.matchAll(tokens)) {
    const next = step(state, token);
    if (next === undefined) return index;
    state = next;
  }
  return text.length;
}

/** Text, number or word, and bracket, colon or comma; what is none of these is a token that nothing expects. */
const tokens =
  /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]|[^ \t\r\n]/gu;

const scalar = /^(?:".+|""|-?\d.*|true|false|null)$/su;

function step({ expects, open }: State, token: string): State | undefined {
  const inner = open.at(-1);
  const wantsValue = expects === 'value' || expects === 'value or end';
  switch (token) {
    case '{':
      return wantsValue ? { expects: 'key or end', open: [...open, token] } : undefined;
    case '[':
      return wantsValue ? { expects: 'value or end', open: [...open, token] } : undefined;
    case '}':
      return inner === '{' ? closed(expects, 'key or end', open) : undefined;
    case ']':
      return inner === '[' ? closed(expects, 'value or end', open) : undefined;
    case ':':
      return expects === 'colon' ? { expects: 'value', open } : undefined;
    case ',':
      if (expects !== 'separator' || inner === undefined) return undefined;
      return { expects: inner === '{' ? 'key' : 'value', open };
    default:
      if (!scalar.test(token)) return undefined;
      if (wantsValue) return { expects: 'separator', open };
      return token.startsWith('"') && expects.startsWith('key') ? { expects: 'colon', open } : undefined;
  }
}

/** A bracket closes after a value, or at once; never after a comma. */
const closed = (
  expects: State['expects'],
  ifEmpty: State['expects'],
  open: State['open'],
): State | undefined =>
  expects === 'separator' || expects === ifEmpty
    ? { expects: 'separator', open: open.slice(0, -1) }
    : undefined;
