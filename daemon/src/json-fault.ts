/** The first error of a JSON text. Lines and columns count from 1; a column is a UTF-16 code unit. */
export interface JsonFault {
  line: number;
  column: number;
  /** What the grammar allows there. */
  expected: string;
  /** What is there, in quotes, or "the end of the file". */
  found: string;
}

type State = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma' | 'end';

const WHITE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\r\n]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
const WORD = /[\p{L}\p{N}_$.+-]{1,20}|./suy;

/**
 * Finds where a text stops being JSON.
 * @returns undefined if no error is found, which is so for valid JSON
 */
export function locateFault(text: string): JsonFault | undefined {
  const open: ('[' | '{')[] = [];
  let state: State = 'value';
  let at = match(WHITE, text, 0);
  while (at < text.length) {
    const step = advance(text, at, state, open);
    if (step === undefined) break;
    state = step.state;
    at = match(WHITE, text, step.at);
  }
  return at === text.length && state === 'end' ? undefined : describe(text, at, expectedIn(state, open));
}

/** Reads one token. @returns undefined if it is not allowed */
function advance(
  text: string,
  at: number,
  state: State,
  open: ('[' | '{')[],
): { state: State; at: number } | undefined {
  const char = text[at] ?? '';
  const after = (next: State, end = at + 1) => ({ state: next, at: end });
  const closed = (): State => (open.length === 0 ? 'end' : 'comma');
  if (state === 'colon') return char === ':' ? after('value') : undefined;
  const isLast = char === (open.at(-1) === '{' ? '}' : ']');
  if (isLast && open.length > 0 && (state === 'comma' || state.includes(' or '))) {
    open.pop();
    return after(closed());
  }
  if (state === 'comma') return char === ',' ? after(open.at(-1) === '{' ? 'name' : 'value') : undefined;
  if (state === 'end') return undefined;
  if (state === 'name' || state === 'name or }') {
    const end = match(STRING, text, at);
    return end > at ? after('colon', end) : undefined;
  }
  if (char === '[' || char === '{') {
    open.push(char);
    return after(char === '[' ? 'value or ]' : 'name or }');
  }
  const end = Math.max(match(STRING, text, at), match(SCALAR, text, at));
  return end > at ? after(closed(), end) : undefined;
}

function expectedIn(state: State, open: readonly string[]): string {
  switch (state) {
    case 'value':
    case 'value or ]':
      return state === 'value' ? 'a value' : 'a value or "]"';
    case 'name':
    case 'name or }':
      return state === 'name' ? 'a name in double quotes' : 'a name in double quotes or "}"';
    case 'colon':
      return '":"';
    case 'comma':
      return open.at(-1) === '{' ? '"," or "}"' : '"," or "]"';
    case 'end':
      return 'the end of the file';
  }
}

function describe(text: string, at: number, expected: string): JsonFault {
  const lines = text.slice(0, at).split(/\r\n|\r|\n/);
  const end = match(WORD, text, at);
  const word = text.slice(at, end);
  const found = word === '' ? 'the end of the file' : word === '"' ? 'a double quote' : `"${word}"`;
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, expected, found };
}

/** The end of a sticky pattern's match at a position; the position itself without one. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
