import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What only one of the data sets has in its folder: a file or folder, or the beginning of the names of some. */
const SIGNS = {
  pairs: { has: ['pairs.json'] },
  spair: { has: ['PairAnnotation'] },
  'pf-willow': { has: ['PF-dataset'] },
  hpatches: { startsWith: ['i_', 'v_'] },
  davis: { has: ['ImageSets', 'Annotations'] },
  jhmdb: { has: ['splits', 'joint_positions'] },
} as const satisfies Record<string, { has?: readonly string[]; startsWith?: readonly string[] }>;
type Known = keyof typeof SIGNS;

/** Folders in a folder that are looked into. */
const MAX_LOOKED_INTO = 50;

/** A data set by its name on the command line, and the folder that looks like it. */
export interface Recognised {
  name: string;
  folder: string;
}

/** Which data sets the folder, or else one of those in it, looks like. */
export async function recogniseDatasets(folder: string): Promise<Recognised[]> {
  const here = await namesFor(folder);
  if (here.length > 0) return here;
  const children = (await list(folder)).slice(0, MAX_LOOKED_INTO).map((name) => join(folder, name));
  return (await Promise.all(children.map(namesFor))).flat();
}

async function namesFor(folder: string): Promise<Recognised[]> {
  const entries = await list(folder);
  const names = (Object.keys(SIGNS) as Known[]).filter((name) => looksLike(SIGNS[name], entries));
  return names.map((name) => ({ name, folder }));
}

function looksLike(
  { has = [], startsWith = [] }: { has?: readonly string[]; startsWith?: readonly string[] },
  entries: readonly string[],
): boolean {
  const starts = startsWith.map((start) => entries.some((entry) => entry.startsWith(start)));
  return has.every((name) => entries.includes(name)) && (starts.length === 0 || starts.includes(true));
}

/** Names in a folder; none where it is no folder. */
async function list(folder: string): Promise<string[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? readdir(folder).catch(() => []) : [];
}
