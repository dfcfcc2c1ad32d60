import { lineAt, type MarkdownDocument, sectionsOf, withoutFences } from './documents.js';

/**
 * Figures in documents. A figure that several documents state has one source and any number of quotes:
 *
 *     | everything | <!-- figure: mockups-pck-2 -->95.4 |
 *     finds <!-- quote: mockups-pck-2 -->95 % of the points
 *
 * The number follows its comment directly, apart from Markdown emphasis. A quote may have fewer decimals than its source.
 */
interface Mark {
  kind: 'figure' | 'quote';
  id: string;
  /** As written, without thousands separators; undefined if no number follows the comment. */
  value: string | undefined;
  where: string;
}

const MARK = /<!--\s*(figure|quote):\s*([a-z0-9-]+)\s*-->(?:\*\*|`|_)?(-?\d[\d,]*(?:\.\d+)?)?/g;
const ANY_MARK = /<!--\s*(?:figure|quote)\b.*?-->/g;
const COMMAND =
  /\b(?:npm (?:run|test)|npx samepoint|samepoint [a-z]+|python3? [\w./-]+\.py|node [\w./-]+\.mjs)|\.\/[\w-]+\.sh/;

/** One message per problem; none if every quote equals its source and every source has its command. */
export function figureProblems(documents: readonly MarkdownDocument[]): string[] {
  const marks = documents.flatMap(marksIn);
  const sources = new Map<string, Mark>();
  const problems = documents.flatMap((document) => [...malformedIn(document), ...withoutCommandIn(document)]);
  for (const mark of marks) {
    if (mark.value === undefined) problems.push(`${mark.where}: no number follows ${mark.kind} "${mark.id}"`);
    if (mark.kind === 'quote') continue;
    const first = sources.get(mark.id);
    if (first) problems.push(`${mark.where}: figure "${mark.id}" has another source at ${first.where}`);
    else sources.set(mark.id, mark);
  }
  for (const mark of marks) if (mark.kind === 'quote') problems.push(...quoteProblems(mark, sources.get(mark.id)));
  return problems;
}

function quoteProblems(quote: Mark, source: Mark | undefined): string[] {
  if (!source) return [`${quote.where}: quote of unknown figure "${quote.id}"`];
  if (quote.value === undefined || source.value === undefined) return [];
  const decimals = decimalsOf(quote.value);
  const equal = decimals <= decimalsOf(source.value) && rounded(source.value, decimals) === quote.value;
  return equal ? [] : [`${quote.where}: "${quote.id}" is ${source.value} at ${source.where}, quoted as ${quote.value}`];
}

function decimalsOf(value: string): number {
  return value.split('.')[1]?.length ?? 0;
}

/** Rounds half away from zero on the decimal digits, which binary floating point would not. */
function rounded(value: string, decimals: number): string {
  const scaled = Number(`${value}e${decimals}`);
  return (Math.sign(scaled) * Number(`${Math.round(Math.abs(scaled))}e-${decimals}`)).toFixed(decimals);
}

function marksIn({ path, text }: MarkdownDocument): Mark[] {
  return [...withoutFences(text).matchAll(MARK)].map(({ 1: kind, 2: id = '', 3: value, index }) => ({
    kind: kind === 'figure' ? 'figure' : 'quote',
    id,
    value: value?.replaceAll(',', ''),
    where: `${path}:${lineAt(text, index)}`,
  }));
}

function malformedIn({ path, text }: MarkdownDocument): string[] {
  return [...withoutFences(text).matchAll(ANY_MARK)]
    .filter(({ 0: comment }) => !new RegExp(MARK.source).test(comment))
    .map(({ 0: comment, index }) => `${path}:${lineAt(text, index)}: malformed ${comment}`);
}

/** The section that holds the source of a figure also holds the command that made it. */
function withoutCommandIn({ path, text }: MarkdownDocument): string[] {
  return sectionsOf(text).flatMap((section) => {
    const ids = [...withoutFences(section.text).matchAll(MARK)].flatMap(({ 1: kind, 2: id }) =>
      kind === 'figure' ? [id] : [],
    );
    if (ids.length === 0 || COMMAND.test(section.text)) return [];
    return [`${path}: section "${section.heading}" has figures but no command (${ids.join(', ')})`];
  });
}
