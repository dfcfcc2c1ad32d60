import { lineAt, type MarkdownDocument, withoutFences } from './documents.js';

/** A command of a document, as a shell reads it. */
export interface DocumentCommand {
  /** The line, or the lines that backslashes join. */
  text: string;
  /** Document and line number, such as `README.md:12`. */
  where: string;
  words: readonly string[];
}

/** A fenced block of shell commands. */
interface ShellBlock {
  where: string;
  /** The fence has the word `runnable`. */
  isRunnable: boolean;
  /** Exit code of each command: 0, or that of `exit=3` in the fence. */
  exitCode: number;
  commands: readonly DocumentCommand[];
  /** The fenced `text output` that follows the block; null if none does. */
  output: string | null;
}

const FENCE = /^(`{3,})([^\n`]*)\n([\s\S]*?)^\1[ \t]*$/gm;
const INLINE_COMMAND = /`(npx samepoint[^`\n]*)`/g;

/** Every block of shell commands: fenced as `sh`, or as nothing and with a line that starts with `npx`. */
export function shellBlocks({ path, text }: MarkdownDocument): ShellBlock[] {
  const fences = [...text.matchAll(FENCE)];
  return fences.flatMap(({ 0: whole, 2: info = '', 3: content = '', index }, n) => {
    const [language = '', ...words] = info.trim().split(/\s+/);
    if (language !== 'sh' && !(language === '' && /^npx /m.test(content))) return [];
    const line = lineAt(text, index);
    const next = fences[n + 1];
    const isDirectlyAfter = text.slice(index + whole.length, next?.index).trim() === '';
    return {
      where: `${path}:${line}`,
      isRunnable: words.includes('runnable'),
      exitCode: Number(words.find((word) => word.startsWith('exit='))?.slice('exit='.length) ?? 0),
      commands: commandsOf(content, path, line + 1),
      output: isDirectlyAfter && next?.[2]?.trim() === 'text output' ? (next[3] ?? '') : null,
    };
  });
}

/** Commands in inline code that start with `npx samepoint`. */
export function inlineCommands({ path, text }: MarkdownDocument): DocumentCommand[] {
  return [...withoutFences(text).matchAll(INLINE_COMMAND)].map(({ 1: command = '', index }) => ({
    text: command,
    where: `${path}:${lineAt(text, index)}`,
    words: shellWords(command),
  }));
}

function commandsOf(content: string, path: string, firstLine: number): DocumentCommand[] {
  const joined = content.replace(/\\\n/g, '  ');
  return joined.split('\n').flatMap((line, n) => {
    const words = shellWords(line);
    return words.length === 0 ? [] : [{ text: line.trim(), where: `${path}:${firstLine + n}`, words }];
  });
}

/** Splits a line at blanks outside quotes, and drops a comment. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [token, double, single, bare] of line.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)) {
    if (token.startsWith('#')) break;
    words.push(double ?? single ?? bare ?? '');
  }
  return words;
}

/** Characters that this reader of commands does not treat as a shell does. */
export function unsupportedSyntax({ text }: DocumentCommand): string | null {
  const plain = text.replace(/"[^"$`]*"|'[^']*'/g, '').replace(/\s#.*$/, '');
  return /[$|&;<>*?~`"'(){}]/.exec(plain)?.[0] ?? null;
}

/**
 * Whether an output has the shape of the one in a document: numbers may differ, `…` stands for any text, and a line with
 * only `…` for any lines.
 */
export function hasShape(output: string, documented: string): boolean {
  const number = /-?\d[\d.,]*/;
  const pattern = documented
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (line.trim() === '…') return '(?:.*\\n)*?';
      const parts = line.trim().split(/(\s+|…|-?\d[\d.,]*)/);
      const shape = parts.map((part) => {
        if (part === '…') return '.*';
        if (/^\s+$/.test(part)) return '\\s+';
        return number.test(part) ? number.source : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      });
      return `[ \\t]*${shape.join('')}[ \\t]*\\n`;
    });
  return new RegExp(`^${pattern.join('')}$`).test(`${output.trimEnd()}\n`);
}
