import { constants } from 'node:fs';
import { access, lstat, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { writeFailure } from '../../write-failure.js';
import { makeFolder, writeFileAtomic } from '../../write-files.js';
import { InputFiles } from './same-file.js';

/** A file to write, or files to write into a folder that is created when needed. */
export type Outputs = { file: string } | { folder: string; names: readonly string[] };

/** Outputs, and the option that names them: "--report". */
export type NamedOutputs = Outputs & { option: string };

export interface ClaimOptions {
  /** Everything that the command reads: files, and folders whose files are inputs. */
  inputs: readonly string[];
  /** Replace existing files that are not inputs. */
  force?: boolean | undefined;
}

/**
 * Claims every file that a command writes, before any work is done: each can be written, none is an input or written twice,
 * and without `force` none exists. Creates nothing, so that a command that fails leaves no empty folder.
 * @throws SamepointError `BAD_REQUEST`
 */
export async function claimOutputs(outputs: readonly NamedOutputs[], { inputs, force }: ClaimOptions): Promise<void> {
  const files = outputs.flatMap((output) => filesOf(output).map((path) => ({ path, option: output.option })));
  const read = await InputFiles.of(inputs);
  for (const output of outputs) await checkPlace(output);
  for (const { path, option } of files) {
    await checkKind(path, option);
    const input = await read.find(path);
    if (input !== undefined) throw isInput(path, input, option);
  }
  checkDistinct(files);
  if (!force) await refuseExisting(files, outputs);
}

function filesOf(output: Outputs): string[] {
  return 'file' in output ? [output.file] : output.names.map((name) => join(output.folder, name));
}

async function checkPlace(output: NamedOutputs): Promise<void> {
  if ('folder' in output) await checkOutputFolder(output.folder, output.option);
  else await checkParent(output.file, output.option);
}

interface OutputFile {
  path: string;
  option: string;
}

/** Names that differ only in case are the same file on Windows and macOS. */
function checkDistinct(files: readonly OutputFile[]): void {
  const options = new Map<string, string>();
  for (const { path, option } of files) {
    const key = resolve(path).normalize().toLowerCase();
    const other = options.get(key);
    if (other !== undefined) throw notWritable(path, `${other} already writes it`, option);
    options.set(key, option);
  }
}

async function refuseExisting(files: readonly OutputFile[], outputs: readonly NamedOutputs[]): Promise<void> {
  const existing: OutputFile[] = [];
  for (const file of files) if (await exists(file.path)) existing.push(file);
  const [first, ...more] = existing;
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const place = outputs.some((output) => 'folder' in output && output.option === first.option) ? 'folder' : 'path';
  throw new SamepointError(
    'BAD_REQUEST',
    `${first.path} exists${others}.`,
    `Use --force to replace ${more.length === 0 ? 'it' : 'them'}, or choose another ${place} for ${first.option}.`,
  );
}

/** Also true for a symbolic link to nothing. */
function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function checkKind(path: string, option: string): Promise<void> {
  const existing = await kindOf(path);
  if (existing === 'folder') throw notWritable(path, 'it is a folder', option);
  if (existing === 'device') throw notWritable(path, 'it is not a regular file', option);
}

async function checkParent(path: string, option: string): Promise<void> {
  const folder = dirname(resolve(path));
  const parent = await kindOf(folder);
  if (parent === undefined) throw notWritable(path, `the folder ${folder} does not exist`, option);
  if (parent !== 'folder') throw notWritable(path, `${folder} is a file`, option);
  if (!(await isWritable(folder))) throw notWritable(path, `${folder} is not writable`, option);
}

/** Checks that a folder exists or can be created, and is writable. */
async function checkOutputFolder(folder: string, option: string): Promise<void> {
  let closest = resolve(folder);
  while ((await kindOf(closest)) === undefined && dirname(closest) !== closest) closest = dirname(closest);
  if ((await kindOf(closest)) !== 'folder') {
    throw notWritable(folder, closest === resolve(folder) ? 'it is a file' : `${closest} is a file`, option);
  }
  if (!(await isWritable(closest))) throw notWritable(folder, `${closest} is not writable`, option);
}

/**
 * Creates the folder of `--out` and its parents.
 * @throws SamepointError `BAD_REQUEST`
 */
export function makeOutputFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw writeError(folder, cause, '--out');
  }
}

/**
 * Writes a file of results atomically: after a failure, the previous content is still there.
 * @param option that names the file or its folder
 * @throws SamepointError `BAD_REQUEST`
 */
export async function writeOutputFile(path: string, content: string | Uint8Array, option = '--out'): Promise<void> {
  try {
    writeFileAtomic(path, content);
  } catch (cause) {
    throw writeError(path, cause, option);
  }
}

/** `<target>-warped.png` for each path. */
export function warpedNames(paths: readonly string[]): string[] {
  return numbered(paths.map(stemOf), '-warped.png');
}

/** `<source>-<target>.png` for each target. */
export function pairNames(source: string, targets: readonly string[]): string[] {
  return numbered(
    targets.map((target) => `${stemOf(source)}-${stemOf(target)}`),
    '.png',
  );
}

function stemOf(path: string): string {
  return basename(path, extname(path));
}

/** File names for stems. Equal ones are numbered, also if they differ only in case. */
function numbered(stems: readonly string[], ending: string): string[] {
  const taken = new Set<string>();
  return stems.map((stem) => {
    let name = `${stem}${ending}`;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}-${n}${ending}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'device' | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (stats.isDirectory()) return 'folder';
  return stats.isFile() ? 'file' : 'device';
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function isInput(path: string, input: string, option: string): SamepointError {
  const reason = resolve(path) === resolve(input) ? 'it is an input of this command' : `it is the input ${input}`;
  return notWritable(path, reason, option);
}

function writeError(path: string, cause: unknown, option: string): SamepointError {
  const { reason, remedy } = writeFailure(cause);
  return new SamepointError('BAD_REQUEST', `Cannot write ${path}: ${reason}.`, remedy ?? elsewhere(option));
}

function elsewhere(option: string): string {
  return `Choose another path for ${option}.`;
}

function notWritable(path: string, reason: string, option: string): SamepointError {
  return new SamepointError('BAD_REQUEST', `Cannot write ${path}: ${reason}.`, `Choose another path for ${option}.`);
}
