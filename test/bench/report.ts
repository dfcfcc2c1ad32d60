import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench, BenchResult } from './bench.js';
import { CHECKPOINTS } from './full-size-networks.js';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** A result as a Markdown table, with the machine and the command. */
export function markdown({ columns, rows, notes }: BenchResult, command: string, date: Date): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  const measured = `Measured ${date.toISOString().slice(0, 10)} on ${machine()}:\n\n\`\`\`\n${command}\n\`\`\``;
  return [measured, table, ...notes].join('\n\n');
}

/** Writes the measurements as JSON. @returns path of the file */
export function writeJson({ name }: Bench, { measurements }: BenchResult, date: Date): string {
  const folder = join(CHECKPOINTS, 'results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify({ date, machine: machine(), measurements }, null, 2)}\n`);
  return path;
}

/** Replaces the text between the benchmark's markers in its page of docs/, or appends a section. */
export function writeToDoc({ name, title, doc: page = 'performance' }: Bench, text: string): void {
  const path = join(DOCS, `${page}.md`);
  const doc = readFileSync(path, 'utf8');
  writeFileSync(path, replaceSection(doc, name, title, text));
}

/** Pure part of {@link writeToDoc}. */
export function replaceSection(doc: string, name: string, title: string, text: string): string {
  const [begin, end] = [`<!-- bench ${name} -->`, `<!-- end of bench ${name} -->`];
  const section = `${begin}\n${text}\n${end}`;
  const [from, to] = [doc.indexOf(begin), doc.indexOf(end)];
  if (from === -1 || to === -1) return `${doc.trimEnd()}\n\n## ${title}\n\n${section}\n`;
  return `${doc.slice(0, from)}${section}${doc.slice(to + end.length)}`;
}

function machine(): string {
  const [first] = cpus();
  const memoryGb = (totalmem() / 1e9).toFixed(0);
  return `${first?.model.trim() ?? 'an unknown processor'}, ${cpus().length} cores, ${memoryGb} GB, ${platform()} ${arch()}, Node ${process.versions.node}`;
}
