import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Folders whose Markdown is generated, third-party, or a description of test data. */
const SKIPPED = new Set(['node_modules', 'dist', 'fixtures', 'sets', 'runs']);

export interface MarkdownDocument {
  /** Path from the top of the repository, with forward slashes. */
  path: string;
  text: string;
}

/** The text between two headings, the heading included. */
export interface Section {
  heading: string;
  text: string;
}

/** Every Markdown document of the repository, sorted by path. */
export function readDocuments(folder = REPOSITORY): MarkdownDocument[] {
  return markdownBelow(folder)
    .sort()
    .map((path) => ({
      path: relative(folder, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }));
}

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : markdownBelow(path);
    return entry.isFile() && entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Replaces fenced code with blanks, which keeps positions. */
export function withoutFences(text: string): string {
  return text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1[^\n]*$/gm, blank);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** Text and line number (from 1) of every heading outside fenced code. */
export function headingsOf(text: string): { text: string; line: number }[] {
  return withoutFences(text)
    .split('\n')
    .flatMap((line, index) => {
      const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
      return heading === undefined ? [] : [{ text: heading, line: index + 1 }];
    });
}

/** Cuts a document at its headings; text before the first heading is a section with an empty heading. */
export function sectionsOf(text: string): Section[] {
  const lines = text.split('\n');
  const headings = [{ text: '', line: 1 }, ...headingsOf(text)];
  return headings.map(({ text: heading, line }, index) => {
    const end = headings[index + 1]?.line ?? lines.length + 1;
    return { heading, text: lines.slice(line - 1, end - 1).join('\n') };
  });
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
