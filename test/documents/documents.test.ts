import { describe, expect, it } from 'vitest';
import { type MarkdownDocument, REPOSITORY, readDocuments } from './documents.js';
import { figureProblems } from './figures.js';
import { anchorsOf, linkProblems, missingFromIndex } from './links.js';

const SOURCE = '# Found\n\n`npm run bench -- peers`\n\n| all | **<!-- figure: found -->95.45** |\n';

function documents(texts: Record<string, string>): MarkdownDocument[] {
  return Object.entries(texts).map(([path, text]) => ({ path, text }));
}

describe('the documents of the repository', () => {
  const all = readDocuments();

  it('quote every figure as its source has it, and give the command of every source', () => {
    expect(figureProblems(all)).toEqual([]);
  });

  it('link only to files, headings and paths that exist', () => {
    expect(linkProblems(all, REPOSITORY)).toEqual([]);
  });

  it.each(['docs/README.md', 'docs/decisions/README.md'])('are all in the index %s', (index) => {
    expect(missingFromIndex(all, index)).toEqual([]);
  });
});

describe('a quoted figure', () => {
  it.each(['95.45', '95.5', '95'])('may be rounded: %s', (value) => {
    const quote = `finds <!-- quote: found -->${value} % of the points`;
    expect(figureProblems(documents({ 'a.md': SOURCE, 'b.md': quote }))).toEqual([]);
  });

  it.each(['95.4', '96', '95.450', '95.46'])('is a problem if it differs from its source: %s', (value) => {
    const quote = `finds\n<!-- quote: found -->${value} %`;
    const problem = `b.md:2: "found" is 95.45 at a.md:5, quoted as ${value}`;
    expect(figureProblems(documents({ 'a.md': SOURCE, 'b.md': quote }))).toEqual([problem]);
  });

  it('compares numbers with thousands separators as numbers', () => {
    const source = '`npx samepoint eval pairs`\n<!-- figure: points -->10,918 points';
    expect(figureProblems(documents({ 'a.md': source, 'b.md': '<!-- quote: points -->10918' }))).toEqual([]);
    expect(figureProblems(documents({ 'a.md': source, 'b.md': '<!-- quote: points -->10,919' }))).toHaveLength(1);
  });

  it('is a problem without a source, with two sources, without a number, or misspelt', () => {
    const only = (text: string) => figureProblems(documents({ 'a.md': `${SOURCE}${text}` }));
    expect(only('<!-- quote: lost -->5')).toEqual(['a.md:6: quote of unknown figure "lost"']);
    expect(only('<!-- figure: found -->5')).toEqual(['a.md:6: figure "found" has another source at a.md:5']);
    expect(only('<!-- quote: found --> many')).toEqual(['a.md:6: no number follows quote "found"']);
    expect(only('<!-- quote found -->95')).toEqual(['a.md:6: malformed <!-- quote found -->']);
  });

  it('is a problem if the section of its source has no command', () => {
    const source = SOURCE.replace('`npm run bench -- peers`', 'Measured on a laptop.');
    expect(figureProblems(documents({ 'a.md': source }))).toEqual([
      'a.md: section "Found" has figures but no command (found)',
    ]);
  });

  it('is ignored in a code block', () => {
    expect(figureProblems(documents({ 'a.md': '```\n<!-- quote: lost -->5\n```\n' }))).toEqual([]);
  });
});

describe('a link or path', () => {
  const problems = (text: string) => linkProblems(documents({ 'docs/a.md': text }), REPOSITORY);

  it('is a problem if its file or heading is missing', () => {
    expect(problems('[a](nowhere.md)')).toEqual(['docs/a.md:1: nowhere.md does not exist']);
    expect(problems('\n[a](../README.md#nowhere)')).toEqual(['docs/a.md:2: no heading for ../README.md#nowhere']);
    expect(problems('<img alt="a" src="nowhere.webp">')).toEqual(['docs/a.md:1: nowhere.webp does not exist']);
    expect(problems('see `daemon/src/nowhere.ts`')).toEqual(['docs/a.md:1: `daemon/src/nowhere.ts` does not exist']);
    expect(problems('see `graph/nowhere.ts`')).toHaveLength(1);
  });

  it('is valid if its file exists, or outside the repository', () => {
    expect(problems('[a](../README.md) [b](https://example.com/x.md) `graph/compile.ts` `training/make.sh:1`')).toEqual(
      [],
    );
    expect(problems('`sd/unet.py`, `training/sets/train` and `a/b`')).toEqual([]);
  });

  it('is missing from an index that does not link to it', () => {
    const texts = { 'docs/README.md': '[a](a.md)', 'docs/a.md': '', 'docs/b.md': '', 'docs/deep/c.md': '' };
    expect(missingFromIndex(documents(texts), 'docs/README.md')).toEqual(['docs/README.md: no link to b.md']);
  });
});

it('anchors of headings equal those of GitHub', () => {
  const text = '# `ui`: what is *new*?\n```\n# no heading\n```\n## Same\n## Same\n## [Links](a.md), too';
  expect([...anchorsOf(text)]).toEqual(['ui-what-is-new', 'same', 'same-1', 'links-too']);
});
