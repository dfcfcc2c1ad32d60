import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type MatchingChoice, SamepointError } from '@samepoint/shared-protocol';
import type { PresetName } from '../../diffusion/presets.js';
import type { Evaluation } from '../evaluate.js';
import type { Dataset } from './dataset.js';
import { openDavis } from './davis.js';
import { type HpatchesOptions, openHpatches } from './hpatches.js';
import { openJhmdb } from './jhmdb.js';
import { openPairs } from './pairs.js';
import { openPfWillow } from './pf-willow.js';
import { openSpair, type SpairOptions } from './spair.js';

export type DatasetOptions = SpairOptions & HpatchesOptions;

/** Evaluates a data set in one or several ways, whatever its outcomes are. */
type Run = <Outcome>(dataset: Dataset<Outcome>) => Promise<Evaluation[]>;

interface DatasetEntry {
  /** One line for the help. */
  layout: string;
  /** What is used where `--matching` does not say. */
  matching: MatchingChoice;
  /** The preset that was published for it. */
  task: PresetName;
  evaluate(folder: string, options: DatasetOptions, run: Run): Promise<Evaluation[]>;
}

function entry<Outcome>(
  name: string,
  { matching, task }: Pick<DatasetEntry, 'matching' | 'task'>,
  layout: string,
  open: (folder: string, options: DatasetOptions) => Promise<Dataset<Outcome>>,
): DatasetEntry {
  return {
    matching,
    task,
    layout,
    evaluate: async (folder, options, run) => {
      const dataset = await open(folder, options).catch(async (thrown: unknown) => {
        throw await withGuess(thrown, name, folder);
      });
      return run(dataset);
    },
  };
}

/** Adds to what is wrong with a data set which one the folder rather looks like. */
async function withGuess(thrown: unknown, asked: string, folder: string): Promise<unknown> {
  if (!(thrown instanceof SamepointError) || thrown.code !== 'BAD_REQUEST') return thrown;
  const [guess, ...more] = await recogniseDatasets(folder);
  // what is recognised as what was asked for has something else wrong with it, and the sentence says what
  if (guess === undefined || more.length > 0 || (guess.name === asked && guess.folder === folder)) return thrown;
  const { code, message, hint } = thrown;
  return new SamepointError(code, message, `${hint} Did you mean: samepoint eval ${guess.name} ${guess.folder}`);
}

const OWN = { matching: 'samepoint', task: 'default' } as const;
const SEMANTIC = { matching: 'published', task: 'semantic' } as const;
const VIDEO = { matching: 'published', task: 'video' } as const;
const GEOMETRIC = { matching: 'published', task: 'geometric' } as const;

/** Every data set that can be evaluated, by its name on the command line. */
export const DATASETS = {
  pairs: entry(
    'pairs',
    OWN,
    'your own: images and a pairs.json [{ source, target, sourcePoints, targetPoints, group }]',
    openPairs,
  ),
  spair: entry('spair', SEMANTIC, 'SPair-71k: PairAnnotation/, JPEGImages/<category>/', openSpair),
  'pf-willow': entry(
    'pf-willow',
    SEMANTIC,
    'PF-WILLOW: PF-dataset/<class>/*.png and *.mat, test_pairs.csv',
    openPfWillow,
  ),
  hpatches: entry('hpatches', GEOMETRIC, 'HPatches: i_*/ and v_*/ with 1.ppm … 6.ppm and H_1_2 … H_1_6', openHpatches),
  davis: entry(
    'davis',
    VIDEO,
    'DAVIS-2017: ImageSets/2017/val.txt, JPEGImages/480p/<sequence>/, Annotations/480p/<sequence>/',
    openDavis,
  ),
  jhmdb: entry(
    'jhmdb',
    VIDEO,
    'JHMDB: splits/, joint_positions/<class>/<video>/, Rename_Images/<class>/<video>/',
    openJhmdb,
  ),
} as const satisfies Record<string, DatasetEntry>;

export type DatasetName = keyof typeof DATASETS;
export const DATASET_NAMES: readonly string[] = Object.keys(DATASETS);

export function isDatasetName(name: string): name is DatasetName {
  return Object.hasOwn(DATASETS, name);
}

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
