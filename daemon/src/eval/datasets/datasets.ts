import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type MatchingChoice, SamepointError } from '@samepoint/shared-protocol';
import type { PresetName } from '../../diffusion/presets.js';
import { visibleFiles } from '../../visible-files.js';
import type { Evaluation } from '../evaluate.js';
import type { Dataset } from './dataset.js';
import { openDavis } from './davis.js';
import { type HpatchesOptions, openHpatches } from './hpatches.js';
import { openJhmdb } from './jhmdb.js';
import { openPairs } from './pairs.js';
import { openPfWillow } from './pf-willow.js';
import { openSpair, type SpairOptions } from './spair.js';

export type DatasetOptions = SpairOptions & HpatchesOptions;

/** Evaluates a data set with one or several combinations of settings. */
type Run = <Outcome>(dataset: Dataset<Outcome>) => Promise<Evaluation[]>;

interface DatasetEntry {
  /** Layout of its folder, one line for the help. */
  layout: string;
  /** Default of `--matching`. */
  matching: MatchingChoice;
  /** Preset published for its task. */
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

/** Adds a suggestion to an error if the folder looks like a different data set. */
async function withGuess(thrown: unknown, requested: string, folder: string): Promise<unknown> {
  if (!(thrown instanceof SamepointError) || thrown.code !== 'BAD_REQUEST') return thrown;
  const [guess, ...more] = await recogniseDatasets(folder);
  // a folder recognised as the requested data set has another problem, which the error describes
  if (guess === undefined || more.length > 0 || (guess.name === requested && guess.folder === folder)) return thrown;
  const { code, message, hint } = thrown;
  return new SamepointError(code, message, `${hint} Did you mean: samepoint eval ${guess.name} ${guess.folder}`);
}

const OWN = { matching: 'samepoint', task: 'default' } as const;
const SEMANTIC = { matching: 'published', task: 'semantic' } as const;
const VIDEO = { matching: 'published', task: 'video' } as const;
const GEOMETRIC = { matching: 'published', task: 'geometric' } as const;

/** Data sets by their names on the command line. */
export const DATASETS = {
  pairs: entry(
    'pairs',
    OWN,
    'your own: images and pairs.json [{ source, target, sourcePoints, targetPoints, group }]',
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

/** Files and folders that identify a data set, by full name or prefix. */
const SIGNATURES = {
  pairs: { has: ['pairs.json'] },
  spair: { has: ['PairAnnotation'] },
  'pf-willow': { has: ['PF-dataset'] },
  hpatches: { startsWith: ['i_', 'v_'] },
  davis: { has: ['ImageSets', 'Annotations'] },
  jhmdb: { has: ['splits', 'joint_positions'] },
} as const satisfies Record<string, { has?: readonly string[]; startsWith?: readonly string[] }>;
type DatasetId = keyof typeof SIGNATURES;

/** Maximum number of subfolders to inspect. */
const MAX_SUBFOLDERS = 50;

/** A recognised data set and its folder. */
export interface Recognised {
  name: string;
  folder: string;
}

/** Recognises data sets in a folder, or else in its subfolders. */
export async function recogniseDatasets(folder: string): Promise<Recognised[]> {
  const here = await namesFor(folder);
  if (here.length > 0) return here;
  const children = (await list(folder)).slice(0, MAX_SUBFOLDERS).map((name) => join(folder, name));
  return (await Promise.all(children.map(namesFor))).flat();
}

async function namesFor(folder: string): Promise<Recognised[]> {
  const entries = await list(folder);
  const names = (Object.keys(SIGNATURES) as DatasetId[]).filter((name) => matchesSignature(SIGNATURES[name], entries));
  return names.map((name) => ({ name, folder }));
}

function matchesSignature(
  { has = [], startsWith = [] }: { has?: readonly string[]; startsWith?: readonly string[] },
  entries: readonly string[],
): boolean {
  const starts = startsWith.map((start) => entries.some((entry) => entry.startsWith(start)));
  return has.every((name) => entries.includes(name)) && (starts.length === 0 || starts.includes(true));
}

/** Names in a folder; empty for anything else. */
async function list(folder: string): Promise<string[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? visibleFiles(folder).catch(() => []) : [];
}
