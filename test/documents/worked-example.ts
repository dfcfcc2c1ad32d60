import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Fenced blocks of a language, without the fences. */
export function blocksOf(text: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(pattern)].map(({ 1: block = '' }) => block);
}

/**
 * Applies a diff for readers to the files of a folder: unified, but with free text after `@@` instead of line numbers. The
 * unchanged lines of a hunk must be at exactly one place of the file.
 * @throws Error if they are not
 */
export function applyDiff(diff: string, folder: string): void {
  const path = /^\+\+\+ b\/(.+)$/m.exec(diff)?.[1];
  if (path === undefined) throw new Error('the diff names no file');
  const file = join(folder, path);
  const hunks = diff.split(/^@@.*\n/m).slice(1);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    hunks.reduce((text, hunk) => applyHunk(text, hunk, path), before),
  );
}

function applyHunk(text: string, hunk: string, path: string): string {
  const lines = hunk.split('\n').slice(0, -1);
  const keep = (marks: string) =>
    lines
      .filter((line) => marks.includes(line[0] ?? ' '))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const [before, after] = [keep(' -'), keep(' +')];
  if (before === '') return text + after;
  const parts = text.split(before);
  if (parts.length !== 2) throw new Error(`${path} has ${parts.length - 1} places like this:\n${before}`);
  return parts.join(after);
}
