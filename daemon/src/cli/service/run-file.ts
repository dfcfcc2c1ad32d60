import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makeStateFolder } from '../../app-folders.js';
import { writeFileAtomic } from '../../write-files.js';

const runFileSchema = z.object({
  pid: z.int().positive(),
  port: z.int().positive(),
  version: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  stopToken: z.string(),
  /** Path of its log, if it runs in the background. */
  log: z.string().optional(),
});

/** What a daemon writes about itself. It may have ended without removing its file. */
export type RunFile = z.infer<typeof runFileSchema>;

/**
 * Writes the file of a daemon, readable by this user only.
 * @throws SamepointError or Error of Node
 */
export function writeRunFile(stateFolder: string, run: RunFile): void {
  const folder = folderOf(stateFolder);
  makeStateFolder(folder, 'running daemons');
  writeFileAtomic(pathOf(stateFolder, run.port), `${JSON.stringify(run, null, 2)}\n`, 0o600);
}

/** The files of all daemons with this state folder, by port. Damaged files are ignored. */
export function readRunFiles(stateFolder: string): RunFile[] {
  const names = filesOf(folderOf(stateFolder)).filter((name) => name.endsWith('.json'));
  return names
    .map((name) => readRunFile(join(folderOf(stateFolder), name)))
    .filter((run) => run !== undefined)
    .sort((a, b) => a.port - b.port);
}

/** Removes the file of a daemon, unless a newer daemon has replaced it. */
export function removeRunFile(stateFolder: string, { port, stopToken }: RunFile): void {
  if (hasRunFile(stateFolder, { port, stopToken })) rmSync(pathOf(stateFolder, port), { force: true });
}

/** Whether the file of this daemon is still there. */
export function hasRunFile(stateFolder: string, { port, stopToken }: Pick<RunFile, 'port' | 'stopToken'>): boolean {
  return readRunFile(pathOf(stateFolder, port))?.stopToken === stopToken;
}

function readRunFile(path: string): RunFile | undefined {
  try {
    return runFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function folderOf(stateFolder: string): string {
  return join(stateFolder, 'daemons');
}

function pathOf(stateFolder: string, port: number): string {
  return join(folderOf(stateFolder), `${port}.json`);
}
