import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { textTable } from '../format/text-table.js';
import { commandLine, DEMO_COMMANDS, type DemoCommand, HIGHLIGHTS } from './demo-commands.js';
import type { ChildRun } from './run-child.js';

/** Lines of a command's output that are shown. */
const MAX_LINES = 12;
/** Width of the output where the terminal's is unknown. */
const DEFAULT_COLUMNS = 120;
const INDENT = '  ';

/** Where and how the demo runs. */
export interface DemoContext {
  /** Folder of the samples as the user gave it. */
  folder: string;
  /** How Samepoint is run, such as `npx samepoint`. */
  self: string;
  /** Columns of the terminal. */
  columns?: number | undefined;
}

/** What comes before the first command. */
export function introduction({ folder }: DemoContext): string {
  return `The samples are in ${folder}. The commands run there:\n\n$ cd ${quoted(folder)}\n`;
}

/** Title and command line of a step. @param n from 0 */
export function stepHeading({ title }: DemoCommand, args: readonly string[], n: number, { self }: DemoContext): string {
  return `\n${n + 1}/${DEMO_COMMANDS.length}  ${title}\n\n$ ${commandLine(self, args)}\n`;
}

/** The first lines of a step's output, where its results are, and its message if it failed. */
export function stepReport({ outputs }: DemoCommand, run: ChildRun, context: DemoContext): string {
  const failure = run.code === 0 ? '' : `${lastLine(run.stderr)}\n${INDENT}Failed with exit code ${run.code}.\n`;
  const written = outputs.map((output) => describeOutput(context.folder, output)).filter((text) => text !== '');
  const results = written.map((text) => `${INDENT}→ ${text}\n`).join('');
  return `${excerpt(run.stdout, context.columns ?? DEFAULT_COLUMNS)}${failure}${results}`;
}

/** The results to view, and how to connect Figma. @param failed titles of the commands that failed */
export function conclusion(failed: readonly string[], { folder, self }: DemoContext): string {
  const count = DEMO_COMMANDS.length;
  const verdict =
    failed.length === 0
      ? `All ${count} commands worked.`
      : `${failed.length} of ${count} commands failed: ${failed.join('; ')}.`;
  const files = HIGHLIGHTS.map(([file, shows]) => [join(folder, file), shows, file] as const);
  const existing = files.filter(([path]) => existsSync(path)).map(([path, shows]) => [path, shows]);
  const look = existing.length === 0 ? '' : ` Open these first:\n\n${textTable(existing)}`;
  return `\n${verdict}${look === '' ? '\n' : look}\n${figmaSteps(self)}`;
}

/** How to go on without running the commands. */
export function copiedNote(context: DemoContext): string {
  const lines = DEMO_COMMANDS.map(({ args }) => `$ ${commandLine(context.self, args)}\n`).join('');
  return `${introduction(context)}${lines}\n${figmaSteps(context.self)}`;
}

function figmaSteps(self: string): string {
  const steps = [
    [`${self} plugin`, 'writes the plugin to a folder and explains how to import it'],
    [`${self} start`, 'starts the daemon, and prints a pairing code'],
  ];
  return `To use Samepoint in Figma:\n\n${textTable(steps)}`;
}

/** Indented lines that fit the terminal. Of longer output, the beginning and the last line. */
function excerpt(output: string, columns: number): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const rest = lines.length - MAX_LINES;
  const shown = rest <= 0 ? lines : [...lines.slice(0, MAX_LINES - 2), `… ${rest + 1} more lines`, ...lines.slice(-1)];
  const width = columns - INDENT.length;
  const cut = shown.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
  return cut.map((line) => `${INDENT}${line}\n`).join('');
}

function lastLine(text: string): string {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? '' : `${INDENT}${line}`;
}

/** `samepoint-demo/masks (9 files)`; empty if it was not written. */
function describeOutput(folder: string, output: string): string {
  const path = join(folder, output);
  if (!existsSync(path)) return '';
  if (!statSync(path).isDirectory()) return path;
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return `${path} (${files.length} ${files.length === 1 ? 'file' : 'files'})`;
}

function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}
