import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Point } from '@samepoint/shared-protocol';
import type { KeypointOutcome } from '../metrics/pck.js';
import type { Dataset } from './dataset.js';
import { badDataset, readDatasetText } from './dataset-files.js';
import { type KeypointPair, keypointDataset } from './keypoint-pairs.js';
import { readMatArray } from './mat-file.js';

/** Names of published lists of pairs, in the folder or beside the images. */
const PAIR_LISTS = ['test_pairs.csv', 'test_pairs_pf.csv', 'bbox_test_pairs_pf.csv'];
const IMAGES = 'PF-dataset';

/** Two names, then x and y of ten keypoints of each image. */
const KEYPOINTS = 10;
const FULL_COLUMNS = 2 + 4 * KEYPOINTS;

const PROTOCOL = {
  title: 'PF-WILLOW, PCK in percent',
  note: "thresholds relative to the longer side of the bounding box of the target's keypoints",
  rowTitle: 'class',
  alphas: [0.05, 0.1, 0.15],
  originPx: 0.5,
} as const;

const LAYOUT =
  'Choose the folder that contains PF-dataset/<class>/*.png with a .mat beside each image, and test_pairs.csv (or test_pairs_pf.csv).';

/**
 * PF-WILLOW (Ham et al., Proposal Flow, 2016), with the pairs of Rocco et al., 2017. Keypoints come from the list, or else
 * from the annotation of each image (`pts_coord`).
 * @throws SamepointError `BAD_REQUEST`
 */
export async function openPfWillow(folder: string): Promise<Dataset<KeypointOutcome>> {
  const list = PAIR_LISTS.flatMap((name) => [join(folder, name), join(folder, IMAGES, name)]).find(existsSync);
  if (list === undefined) throw badDataset(folder, `it has none of ${PAIR_LISTS.join(', ')}`, LAYOUT);
  const [, ...lines] = (await readDatasetText(list, LAYOUT)).split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) throw badDataset(list, 'it lists no pairs', LAYOUT);
  const pairs: KeypointPair[] = [];
  for (const [n, line] of lines.entries()) pairs.push(await toPair(folder, list, n + 2, line.split(',')));
  return keypointDataset(pairs, PROTOCOL);
}

async function toPair(folder: string, list: string, lineNumber: number, cells: string[]): Promise<KeypointPair> {
  const [source = '', target = ''] = cells.slice(0, 2).map((name) => imagePath(folder, name));
  const group = source.split(/[\\/]/).at(-2);
  if (source === '' || target === '' || group === undefined) {
    throw badDataset(list, `line ${lineNumber} does not name two images`, LAYOUT);
  }
  const [sourceKeypoints, targetKeypoints] =
    cells.length >= FULL_COLUMNS
      ? keypointsOf(list, lineNumber, cells)
      : [await readKeypoints(source), await readKeypoints(target)];
  if (sourceKeypoints.length !== targetKeypoints.length) {
    throw badDataset(list, `the images of line ${lineNumber} have different numbers of keypoints`, LAYOUT);
  }
  const names = cells.slice(0, 2).map((name) => name.trim());
  return {
    id: `${lineNumber} ${names.join(' → ')}`,
    group,
    source,
    target,
    sourceKeypoints,
    targetKeypoints,
    base: longSideOf(targetKeypoints),
    category: group.replace(/\(.*\)$/, ''),
  };
}

/** Image names in a list may include the folder `PF-dataset`. */
function imagePath(folder: string, name: string): string {
  const inside = name.trim().replace(new RegExp(`^${IMAGES}/`), '');
  if (inside === '') return '';
  const own = join(folder, IMAGES);
  return join(existsSync(own) ? own : folder, inside);
}

function keypointsOf(list: string, lineNumber: number, cells: readonly string[]): [Point[], Point[]] {
  const values = cells.slice(2, FULL_COLUMNS).map(Number);
  if (!values.every(Number.isFinite)) throw badDataset(list, `line ${lineNumber} has an invalid coordinate`, LAYOUT);
  const points = (start: number) =>
    Array.from({ length: KEYPOINTS }, (_, n) => ({
      x: values[start + n] ?? 0,
      y: values[start + KEYPOINTS + n] ?? 0,
    }));
  return [points(0), points(2 * KEYPOINTS)];
}

/** `pts_coord` of the annotation beside an image: (2, keypoints), x above y. */
async function readKeypoints(image: string): Promise<Point[]> {
  const path = image.replace(/\.\w+$/, '.mat');
  const { dims, data } = await readMatArray(path, 'pts_coord');
  if (dims[0] !== 2 || data.length === 0) {
    throw badDataset(path, `its pts_coord has the shape ${dims.join('×')}, not 2×keypoints`, LAYOUT);
  }
  return Array.from({ length: data.length / 2 }, (_, n) => ({ x: data[2 * n] ?? 0, y: data[2 * n + 1] ?? 0 }));
}

function longSideOf(points: readonly Point[]): number {
  const extent = (values: number[]) => Math.max(...values) - Math.min(...values);
  return Math.max(extent(points.map(({ x }) => x)), extent(points.map(({ y }) => y)));
}
