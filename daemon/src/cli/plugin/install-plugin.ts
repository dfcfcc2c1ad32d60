import { existsSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { writeFailure } from '../../write-failure.js';
import { makeFolder, writeFileAtomic } from '../../write-files.js';
import { packageVersion } from '../host-info.js';

/** Beside the built modules: `dist/plugin` of a clone, `lib/plugin` of the package. Modules in `src` use the clone's. */
const BUILT_PLUGIN = fileURLToPath(new URL('../../plugin', import.meta.url));
const PLUGIN_OF_CLONE = fileURLToPath(new URL('../../../dist/plugin', import.meta.url));
const MANIFEST = 'manifest.json';
const VERSION = 'version.json';

const idSchema = z.object({ id: z.string() });
const versionSchema = z.object({ version: z.string() });

/** The plugin's files by name, with `version.json`. */
export interface PluginFiles {
  version: string;
  files: ReadonlyMap<string, Buffer>;
}

/**
 * The built plugin of this package. The manifest is last, so that a folder with a manifest is complete.
 * @throws SamepointError `INTERNAL` if it is missing
 */
export function builtPlugin(
  folder = existsSync(BUILT_PLUGIN) ? BUILT_PLUGIN : PLUGIN_OF_CLONE,
  version = packageVersion(),
): PluginFiles {
  if (!existsSync(join(folder, MANIFEST))) {
    throw new SamepointError(
      'INTERNAL',
      'The Figma plugin is missing from this installation of Samepoint.',
      'Install Samepoint again. In a clone, run npm run build.',
    );
  }
  const names = readdirSync(folder).filter((name) => name !== MANIFEST);
  const files = new Map([...names, MANIFEST].map((name) => [name, readFileSync(join(folder, name))]));
  files.set(VERSION, Buffer.from(`${JSON.stringify({ version }, null, 2)}\n`));
  return { version, files };
}

/** A plugin that `installPlugin` wrote. */
export interface InstalledPlugin {
  /** Absolute path of `manifest.json`, which Figma imports. */
  manifest: string;
  version: string;
}

/** The plugin in a folder; undefined if Samepoint has not written one there. */
export function installedPlugin(folder: string): InstalledPlugin | undefined {
  const manifest = join(resolve(folder), MANIFEST);
  const version = readJson(join(folder, VERSION), versionSchema)?.version;
  return version === undefined || !existsSync(manifest) ? undefined : { manifest, version };
}

export interface PluginInstallation extends InstalledPlugin {
  folder: string;
  outcome: 'installed' | 'updated' | 'current';
  /** The version before an update. */
  previous?: string;
}

export interface InstallOptions {
  /** Replaces files that Samepoint has not written. */
  force?: boolean;
  /** The files to install; those of this package by default. */
  plugin?: PluginFiles;
}

/**
 * Writes the plugin to a folder, which is created if needed. Other files in the folder stay.
 * @throws SamepointError `BAD_REQUEST` if the folder cannot be written or has such files of another origin
 */
export function installPlugin(folder: string, { force = false, plugin = builtPlugin() }: InstallOptions = {}) {
  const at = resolve(folder);
  checkFolder(at);
  const before = installedPlugin(at);
  const changed = [...plugin.files].filter(([name, content]) => !isSame(join(at, name), content));
  if (!force) checkOrigin(at, plugin, before, changed);
  try {
    makeFolder(at, 0o700);
    for (const [name, content] of changed) writeFileAtomic(join(at, name), content);
  } catch (thrown) {
    const { reason, remedy } = writeFailure(thrown);
    throw notWritable(at, reason, remedy);
  }
  const installation = { folder: at, manifest: join(at, MANIFEST), version: plugin.version };
  return outcomeOf(installation, before, changed.length);
}

function outcomeOf(
  installation: InstalledPlugin & { folder: string },
  before: InstalledPlugin | undefined,
  changed: number,
): PluginInstallation {
  if (changed === 0) return { ...installation, outcome: 'current' };
  if (before === undefined) return { ...installation, outcome: 'installed' };
  return { ...installation, outcome: 'updated', previous: before.version };
}

/** Refuses a path that is a file, or below one. */
function checkFolder(folder: string): void {
  for (let path = folder; ; path = dirname(path)) {
    const stats = statOf(path);
    if (stats?.isDirectory() === true || dirname(path) === path) return;
    if (stats !== undefined) throw notWritable(folder, path === folder ? 'it is a file' : `${path} is a file`);
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Refuses to replace the manifest of another plugin, and files that `installPlugin` has not written. */
function checkOrigin(
  folder: string,
  plugin: PluginFiles,
  before: InstalledPlugin | undefined,
  changed: readonly (readonly [string, Buffer])[],
): void {
  const own = idSchema.parse(JSON.parse(plugin.files.get(MANIFEST)?.toString('utf8') ?? '{}')).id;
  const found = readJson(join(folder, MANIFEST), idSchema)?.id;
  if (found !== undefined && found !== own) throw taken(folder, `has the manifest of another plugin (${found})`);
  const foreign = changed.map(([name]) => name).filter((name) => existsSync(join(folder, name)));
  if (before === undefined && foreign.length > 0) {
    throw taken(folder, `already has ${foreign.join(', ')}, not written by samepoint plugin`);
  }
}

function taken(folder: string, reason: string): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    `The folder ${folder} ${reason}.`,
    'Choose another folder, or add --force to replace existing files.',
  );
}

const OTHER_FOLDER = 'Choose a writable folder with samepoint plugin DIR, or set SAMEPOINT_STATE_DIR.';

function notWritable(folder: string, reason: string, remedy = OTHER_FOLDER): SamepointError {
  return new SamepointError('BAD_REQUEST', `Cannot write the plugin to ${folder}: ${reason}.`, remedy);
}

function isSame(path: string, content: Buffer): boolean {
  try {
    return readFileSync(path).equals(content);
  } catch {
    return false;
  }
}

/** The parsed file; undefined if it is missing or of another form. */
function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
