import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { headingsOf, lineAt, type MarkdownDocument, withoutFences } from './documents.js';

const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
/** Files in HTML tags of a document. */
const TAG_LINK = /<(?:a|img|source)\s[^>]*?\b(?:href|src|srcset)="([^"]+)"/g;
const INLINE_CODE = /`([^`\n]+)`/g;
/** Folders that paths in inline code may start from, besides the document's own and those above it. */
const ROOTS = ['daemon/src', 'plugin/src', 'training/mockups'];
const SOURCE_PATH = /^(?:[\w.@-]+\/)+[\w.-]+\.(?:ts|tsx|mjs|sh|md)$/;
/** A path below one of the repository's own folders, whatever its ending. */
const OWN_PATH = /^(?:daemon|plugin|shared-protocol|test|training|scripts|docs)\/[\w./-]*$/;
/** Outputs of builds and runs, which are not in the repository. */
const GENERATED = /(?:^|\/)(?:dist|sets|runs|node_modules)(?:\/|$)/;

/** One message per broken relative link or file path of the documents. */
export function linkProblems(documents: readonly MarkdownDocument[], repository: string): string[] {
  return documents.flatMap((document) => [...brokenLinks(document, repository), ...missingPaths(document, repository)]);
}

function brokenLinks({ path, text }: MarkdownDocument, repository: string): string[] {
  const prose = withoutFences(text);
  return [...prose.matchAll(LINK), ...prose.matchAll(TAG_LINK)].flatMap(({ 1: link = '', index }) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? join(repository, path) : join(repository, dirname(path), file);
    const where = `${path}:${lineAt(text, index)}`;
    if (!existsSync(target)) return [`${where}: ${link} does not exist`];
    if (anchor === undefined || extname(target) !== '.md') return [];
    return anchorsOf(readFileSync(target, 'utf8')).has(anchor) ? [] : [`${where}: no heading for ${link}`];
  });
}

function missingPaths({ path, text }: MarkdownDocument, repository: string): string[] {
  return [...withoutFences(text).matchAll(INLINE_CODE)].flatMap(({ 1: code = '', index }) => {
    const file = code.replace(/:\d+$/, '');
    if (!(SOURCE_PATH.test(file) || OWN_PATH.test(file)) || GENERATED.test(file)) return [];
    const found = [...foldersAbove(path), ...ROOTS].some((root) => existsSync(join(repository, root, file)));
    return found ? [] : [`${path}:${lineAt(text, index)}: \`${code}\` does not exist`];
  });
}

/** The folder of a path and all above it, up to the top of the repository. */
function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? ['.'] : [folder, ...foldersAbove(folder)];
}

/** Anchors as GitHub makes them from headings; a repeated heading gets a number. */
export function anchorsOf(text: string): Set<string> {
  const counts = new Map<string, number>();
  return new Set(
    headingsOf(text).map(({ text: heading }) => {
      const slug = heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-');
      const count = counts.get(slug) ?? 0;
      counts.set(slug, count + 1);
      return count === 0 ? slug : `${slug}-${count}`;
    }),
  );
}

/** Documents of a folder that its index, `README.md`, does not link to. */
export function missingFromIndex(documents: readonly MarkdownDocument[], index: string): string[] {
  const folder = dirname(index);
  const text = documents.find(({ path }) => path === index)?.text ?? '';
  const linked = new Set([...text.matchAll(LINK)].map(({ 1: link = '' }) => join(folder, link.split('#')[0] ?? '')));
  return documents
    .filter(({ path }) => dirname(path) === folder && basename(path) !== 'README.md' && !linked.has(path))
    .map(({ path }) => `${index}: no link to ${relative(folder, path)}`);
}
